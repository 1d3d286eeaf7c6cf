"""Looking at an HTTP API: one request, the list of records in its answer, and how further pages are asked for.

The answer is all that is known: what the API's own documentation says of pages, parameters and limits goes before it.
Needs the extra `api`.
"""

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from orchestration.sources.apis.faults import in_words
from orchestration.sources.apis.http_session import open_session
from orchestration.sources.declaration.api_options import Api
from orchestration.sources.environment import filled_in, secrets_in
from orchestration.sources.errors import DeclarationError, SourceError
from orchestration.sources.formats.json_files import json_text
from orchestration.sources.inspection.folder import inspect_files
from orchestration.sources.inspection.found import FoundSystem, FoundTable, Guess
from orchestration.sources.inspection.names import snake_case
from orchestration.sources.inspection.paging import paginator_of
from orchestration.sources.inspection.records import records_in
from orchestration.sources.secrets import Secrets

_SECRET_NAME = re.compile(r"(^|_)(key|apikey|token|secret|password|pwd|sig|signature|auth|access)($|_)", re.IGNORECASE)
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class _Asked:
    """A URL taken apart as a declaration says it: where the API is, which resource is asked for, and as whom."""

    base_url: str
    path: str
    params: dict[str, str]
    auth: dict[str, str] | None
    headers: dict[str, str]


def inspect_api(url: str, name: str, root: Path, header: str | None = None) -> FoundSystem:
    """Return what one answer of an API shows; `header` is one such as `Authorization: Bearer ${ERP_TOKEN}`.

    A secret in the URL is put into the environment of this process and drafted as ${VARIABLE}. Raises a `SourceError`
    if the API cannot be reached, does not let in, or answers with something that holds no records.
    """
    asked = _asked(url, name, header)
    shown = f"{asked.base_url}{asked.path}"
    secrets = Secrets(secrets_in(" ".join([*(asked.auth or {}).values(), *asked.headers.values()])))
    with secrets.kept_out_of_logs(), tempfile.TemporaryDirectory(prefix="tieout-inspect-") as place:
        try:
            response = _fetched(asked)
            document = response.json()
            path, records = records_in(document)
            file = Path(place) / f"{snake_case(asked.path.rstrip('/').split('/')[-1] or name)}.jsonl"
            file.write_text("".join(f"{json_text(record)}\n" for record in records), encoding="utf-8")
            os.utime(file, (0, 0))  # it is complete: landing need not wait for it to settle
            found = inspect_files(file, name, root, sample_mb=1_000)
        except (SourceError, requests.RequestException) as error:
            fault = in_words(error, shown)
            raise type(fault)(secrets.out_of(str(fault))) from None
    paginator, notes = paginator_of(document, len(records), asked.params, response.headers)
    api: dict[str, object] = {"base_url": asked.base_url}
    if asked.auth:
        api["auth"] = asked.auth
    if asked.headers:
        api["headers"] = asked.headers
    api["paginator"] = paginator
    return replace(
        found,
        description=f"The API of {name}.",
        place={"api": Guess(api, _variables_note(asked))},
        tables=tuple(_as_resource(table, asked, path, notes) for table in found.tables),
        max_age_hours=Guess(48, "a guess: an API is asked when the refresh is scheduled"),
    )


def _asked(url: str, name: str, header: str | None) -> _Asked:
    parts = urlsplit(url)
    folder, _, last = parts.path.rstrip("/").rpartition("/")
    params: dict[str, str] = {}
    auth: dict[str, str] | None = None
    if parts.username is not None:
        variable = _kept(name, "password", parts.password or "")
        auth = {"type": "http_basic", "username": parts.username, "password": variable}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if _SECRET_NAME.search(snake_case(key)) and auth is None:
            variable = value if value.startswith("${") else _kept(name, key, value)
            auth = {"type": "api_key", "location": "query", "name": key, "api_key": variable}
        else:
            params[key] = value
    headers: dict[str, str] = {}
    if header:
        key, colon, value = (part.strip() for part in header.partition(":"))
        if not colon or not value:
            raise DeclarationError(f"--header {header!r}: write it as 'Name: value', its secret as ${{VARIABLE}}.")
        if "${" not in value:
            raise DeclarationError(
                f"--header {key}: put its value into an environment variable and write ${{VARIABLE}}: what stands on a "
                "command line is seen by others."
            )
        bearer = re.fullmatch(r"Bearer (.+)", value) if key.lower() == "authorization" else None
        auth = {"type": "bearer", "token": bearer[1]} if bearer else auth
        headers = {} if bearer else {key: value}
    host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return _Asked(f"{parts.scheme}://{host}{folder}/", last, params, auth, headers)


def _kept(name: str, key: str, value: str) -> str:
    variable = f"{name}_{snake_case(key)}".upper()
    os.environ[variable] = value
    return f"${{{variable}}}"


def _fetched(asked: _Asked) -> requests.Response:
    api = Api(base_url=asked.base_url, timeout_seconds=_TIMEOUT_SECONDS, max_attempts=2)
    session = open_session(api, asked.base_url, lambda: None)
    headers = {key: filled_in(value, what="--header") for key, value in asked.headers.items()}
    params = dict(asked.params)
    credentials = {key: filled_in(value, what="The source") for key, value in (asked.auth or {}).items()}
    kind = credentials.get("type")
    if kind == "bearer":
        headers["Authorization"] = f"Bearer {credentials['token']}"
    if kind == "api_key":
        params[credentials["name"]] = credentials["api_key"]
    login = (credentials["username"], credentials["password"]) if kind == "http_basic" else None
    response: requests.Response = session.get(
        urljoin(asked.base_url, asked.path), params=params, headers=headers, auth=login
    )
    response.raise_for_status()
    return response


def _as_resource(table: FoundTable, asked: _Asked, path: str | None, notes: Sequence[str]) -> FoundTable:
    resource: dict[str, object] = {"path": asked.path}
    if asked.params:
        resource["params"] = asked.params
    if path:
        resource["data_selector"] = path
    kept = [told for told in table.notes if "file" not in told]
    return replace(
        table,
        place={"resource": resource},
        is_whole=False,
        load=Guess("full", "everything is asked for each time; incremental if the API can filter by a time of change"),
        notes=(*kept, *notes),
    )


def _variables_note(asked: _Asked) -> str:
    said = " ".join([*(asked.auth or {}).values(), *asked.headers.values()])
    names = re.findall(r"\$\{(\w+)\}", said)
    return f"set {', '.join(names)} where Tieout runs" if names else ""
