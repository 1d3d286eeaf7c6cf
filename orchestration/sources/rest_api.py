"""Reading an HTTP API with dlt's declarative REST client: each table is one dlt resource, each record one row.

dlt makes the requests, pages, resolves parents and refreshes tokens; rows are taken from its resources as they come and
typed by `json_files`. dlt keeps nothing: no pipeline, no state, no schema, so that the lake's manifest is the only
truth about what has been read. Needs the extra `api`. What goes over the line belongs in `http_session`, what may be
declared in `api_options`.
"""

import copy
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus

import requests
from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.detector import find_response_page_data, header_links_detector, json_links_detector
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from dlt.sources.helpers.rest_client.redaction import sanitize_url
from dlt.sources.rest_api import rest_api_resources
from dlt.sources.rest_api.config_setup import create_paginator

from orchestration.sources.api_options import Api, ApiResource, Incremental
from orchestration.sources.declaration import SourceSystem, SourceTable
from orchestration.sources.environment import filled_in, secrets_in
from orchestration.sources.errors import (
    AccessError,
    ConservationError,
    DeclarationError,
    MissingSourceError,
    SourceError,
    UnreadableSourceError,
)
from orchestration.sources.extracts import Cursor, Since, land_extract
from orchestration.sources.http_session import RateLimit, open_session
from orchestration.sources.json_files import json_text, land_records
from orchestration.sources.lake import BatchManifest, RawLake
from orchestration.sources.reading import Reading, duckdb_connection

_START = "{incremental.start_value}"
_REPEATS = 3
_LONGEST_REASON = 300
_SHORTEST_SECRET = 4
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_FAULTS = 401, 403, 404, 429, 500


@dataclass(frozen=True)
class _Endpoint:
    """A resource's rows, for messages and for quarantine."""

    name: str
    path: str
    what: ClassVar[str] = "answer"


@contextmanager
def open_api(system: SourceSystem) -> Iterator["OpenApi"]:
    """Open an API for reading. Raises `DeclarationError` for an environment variable that is not set."""
    if system.api is None:
        raise DeclarationError(f"Source system {system.name} has no api.")
    said = [system.api.model_dump_json(), *(t.resource.model_dump_json() for t in system.tables if t.resource)]
    secrets = _Secrets([value for text in said for value in secrets_in(text)])
    with secrets.kept_out_of_logs():
        try:
            yield OpenApi(system, system.api, secrets)
        except SourceError as error:
            raise type(error)(secrets.out_of(str(error))) from None


class OpenApi:
    """An API that is open for reading; one rate limit holds for all its tables."""

    def __init__(self, system: SourceSystem, api: Api, secrets: "_Secrets") -> None:
        self.system = system
        self._api, self._secrets = api, secrets
        self._turn = RateLimit(api.requests_per_second)

    def land(self, table: SourceTable, lake: RawLake) -> tuple[list[BatchManifest], list[BatchManifest]]:
        """Land what is new of a resource; see `landing.Source.land`."""
        try:
            return land_extract(self.system, table, lake, self._extract)
        except SourceError as error:
            raise type(error)(self._secrets.out_of(str(error))) from None

    def _extract(self, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        what = f"Source system {self.system.name}"
        client = _filled(self._api.model_dump(mode="json", exclude_unset=True), what)
        resource = _resource_of(self.system, table)
        shown = f"{client['base_url'].rstrip('/')}/{resource.path.lstrip('/')}"
        origin = _Endpoint(table.name, sanitize_url(f"{self.system.name}.{table.name}, {resource.method} {shown}"))
        findings = _Findings()
        rows = self._rows(table, since, client, findings)
        records = _numbered(rows, origin, self._secrets)
        with duckdb_connection(workplace) as connection:
            reading = land_records(connection, origin, table, workplace, records)
        if reading.rows_read != findings.rows:
            raise ConservationError(
                f"{origin.path}: the API gave {findings.rows} rows, but {reading.rows_read} arrived. Nothing was "
                "landed; please report this source."
            )
        return Reading(
            reading.columns,
            reading.rows_read,
            reading.rows_landed,
            reading.rows_quarantined,
            (*reading.warnings, *findings.warnings),
        )

    def _rows(
        self, table: SourceTable, since: Since | None, client: dict[str, Any], findings: "_Findings"
    ) -> Iterator[object]:
        """Yield the table's rows as dlt gives them, page by page."""
        chain = _with_parents(self.system, table)
        config = {
            "client": {
                "base_url": client["base_url"],
                "headers": client.get("headers", {}),
                "session": open_session(self._api, client["base_url"], self._turn),
                **({"auth": self._auth(client["auth"])} if "auth" in client else {}),
            },
            "resources": [
                self._resource(member, since if member is table else None, findings if member is table else _Findings())
                for member in chain
            ],
        }
        (wanted,) = [found for found in rest_api_resources(config) if found.name == table.name]  # type: ignore[arg-type]
        yield from wanted

    def _auth(self, declared: dict[str, Any]) -> dict[str, Any]:
        if declared["type"] != "oauth2_client_credentials":
            return declared
        return {**declared, "session": open_session(self._api, declared["access_token_url"], self._turn)}

    def _resource(self, table: SourceTable, since: Since | None, findings: "_Findings") -> dict[str, Any]:
        resource = _resource_of(self.system, table)
        where = f"{self.system.name}.{table.name}"
        paginator = resource.paginator or self._api.paginator
        if paginator is None:
            raise DeclarationError(
                f"{where}: say how the API pages: paginator in api or in the table's resource, in defs.yaml "
                "(single_page if everything comes in one answer)."
            )
        said = _filled(resource.model_dump(mode="json", by_alias=True, exclude_unset=True), where, braces=True)
        endpoint = {
            name: said[name]
            for name in ("path", "method", "params", "headers", "json", "data", "response_actions")
            if said.get(name)
        }
        if resource.incremental:
            start = _start(resource.incremental, since)
            if resource.incremental.start_param:
                endpoint.setdefault("params", {})[resource.incremental.start_param] = _START
            endpoint = _with_start(endpoint, start)
        try:
            followed = create_paginator(paginator.model_dump(mode="json", exclude_unset=True))  # type: ignore[arg-type]
        except (ValueError, TypeError) as error:
            raise DeclarationError(f"{where}: the paginator is not complete: {error}") from error
        assert followed is not None  # noqa: S101 (there is no `auto` among those that may be declared)
        endpoint["paginator"] = _Followed(followed, resource.data_selector, findings)
        endpoint["data_selector"] = resource.data_selector or "$"
        included = {"include_from_parent": list(resource.include_from_parent)} if resource.include_from_parent else {}
        return {"name": table.name, "endpoint": endpoint, **included}


@dataclass
class _Findings:
    """What was seen while a table was read; one for all copies of its paginator."""

    rows: int = 0
    warnings: list[str] = field(default_factory=list)

    def __deepcopy__(self, memo: dict[int, object]) -> "_Findings":
        return self

    def warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)


class _Followed(BasePaginator):
    """Follows a paginator of dlt's, and refuses or tells what would lose rows or repeat them without a word."""

    def __init__(self, paginator: BasePaginator, selector: str | None, findings: _Findings) -> None:
        super().__init__()
        self._paginator, self._selector, self._findings = paginator, selector, findings
        self._asked: set[str] = set()
        self._last: list[Any] = []
        self._repeats = 0

    @property
    def has_next_page(self) -> bool:
        return self._paginator.has_next_page

    def init_request(self, request: requests.Request) -> None:
        self._asked, self._last, self._repeats = set(), [], 0
        self._paginator.init_request(request)
        self._asked.add(_fingerprint(request))

    def update_state(self, response: requests.Response, data: list[Any] | None = None) -> None:
        rows = data or []
        _check_selected(response, self._selector)
        if self._selector and not rows and None in jsonpath.find_values(self._selector, response.json()):
            self._findings.warn(f"{self._selector} was null in an answer and was read as no rows")
        self._refuse_repetition(rows)
        self._findings.rows += len(rows)
        self._paginator.update_state(response, data)
        if not self.has_next_page and rows and (following := _next_link(response)):
            self._findings.warn(
                f"the last answer names a next page ({following}) that the declared paginator did not follow; "
                "rows may be missing"
            )

    def update_request(self, request: requests.Request) -> None:
        self._paginator.update_request(request)
        if not self.has_next_page:
            return
        asked = _fingerprint(request)
        if asked in self._asked:
            raise UnreadableSourceError(
                "the pages go in circles: the API names a page as the next one that was read already. Nothing was "
                "landed. Check the paginator in defs.yaml, or tell the API's owner."
            )
        self._asked.add(asked)

    def _refuse_repetition(self, rows: list[Any]) -> None:
        self._repeats = self._repeats + 1 if rows and rows == self._last else 1
        self._last = rows
        if self._repeats == _REPEATS:
            raise UnreadableSourceError(
                f"{_REPEATS} pages in a row held the same rows, so the API does not take notice of which page is asked "
                "for. Nothing was landed. Check the paginator in defs.yaml."
            )


class _Secrets:
    """Values that must not be seen, in the forms in which they may turn up."""

    def __init__(self, values: Sequence[str]) -> None:
        plain = {value for value in values if len(value) >= _SHORTEST_SECRET and not _is_address(value)}
        forms = plain | {quote(v, safe="") for v in plain} | {quote(v) for v in plain} | {quote_plus(v) for v in plain}
        self._forms = sorted(forms, key=len, reverse=True)

    def out_of(self, text: str) -> str:
        """Return the text with every secret replaced by ***."""
        for form in self._forms:
            text = text.replace(form, "***")
        return text

    @contextmanager
    def kept_out_of_logs(self) -> Iterator[None]:
        """Take the secrets out of whatever any library logs."""
        make = logging.getLogRecordFactory()

        def scrubbed(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = make(*args, **kwargs)
            said = record.getMessage()
            if (clean := self.out_of(said)) != said:
                record.msg, record.args = clean, ()
            return record

        logging.setLogRecordFactory(scrubbed)
        try:
            yield
        finally:
            logging.setLogRecordFactory(make)


def _resource_of(system: SourceSystem, table: SourceTable) -> ApiResource:
    if table.resource is None:
        raise DeclarationError(f"{system.name}.{table.name} has no resource.")
    return table.resource


def _with_parents(system: SourceSystem, table: SourceTable) -> list[SourceTable]:
    """Return a table after all those that it depends on."""
    by_name = {member.name: member for member in system.tables}
    chain = [table]
    while parents := _resource_of(system, chain[0]).parents:
        chain.insert(0, by_name[parents[0]])
    return chain


def _filled(declared: dict[str, Any], what: str, *, braces: bool = False) -> dict[str, Any]:
    """Return a declaration with its ${VARIABLE}s filled in; braces in their values are doubled for dlt if need be."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(found) for name, found in value.items()}
        if isinstance(value, list | tuple):
            return [fill(found) for found in value]
        if not isinstance(value, str) or "${" not in value:
            return value
        if not braces:
            return filled_in(value, what=what)
        parts = re.split(r"(\$\{\w+\})", value)
        return "".join(
            filled_in(part, what=what).replace("{", "{{").replace("}", "}}") if part.startswith("${") else part
            for part in parts
        )

    filled: dict[str, Any] = fill(copy.deepcopy(declared))
    return filled


def _start(incremental: Incremental, since: Since | None) -> str | int | None:
    """Return the value to ask the API from, as the API writes it; None: everything."""
    if since is None:
        return incremental.initial_value
    value: Cursor = since.value
    if not isinstance(value, date):
        return value if isinstance(value, int) else str(value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC) if incremental.convert else value
    elif value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    if not isinstance(value, datetime):
        return value.isoformat()
    if incremental.convert is None:
        return value.isoformat().replace("+00:00", "Z")
    if incremental.convert == "epoch_seconds":
        return int(value.timestamp())
    if incremental.convert == "epoch_milliseconds":
        return int(value.timestamp()) * 1000 + value.microsecond // 1000
    return value.strftime(incremental.convert)


def _with_start(endpoint: Mapping[str, Any], start: str | int | None) -> dict[str, Any]:
    """Put the start value where the endpoint wants it. Without one, parameters that hold it are left out."""

    def asks(value: object) -> bool:
        return isinstance(value, str) and _START in value

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: put(found) for name, found in value.items() if start is not None or not asks(found)}
        if isinstance(value, list):
            return [put(found) for found in value]
        if not asks(value):
            return value
        if value == _START:
            return start
        return value.replace(_START, "" if start is None else str(start).replace("{", "{{").replace("}", "}}"))

    put_in: dict[str, Any] = put(dict(endpoint))
    return put_in


def _numbered(rows: Iterator[object], origin: _Endpoint, secrets: _Secrets) -> Iterator[tuple[int, str]]:
    """Yield each row's number, from 1, and JSON text. Raises a `SourceError` for whatever stops the reading."""
    number = 0
    while True:
        try:
            row = next(rows, _END)
        except Exception as error:  # noqa: BLE001 (dlt wraps every fault of the API in its own)
            raise _in_words(error, origin, secrets) from None
        if row is _END:
            return
        number += 1
        yield number, _utf8(json_text(row))


_END = object()


def _utf8(text: str) -> str:
    """Return JSON text with halves of surrogate pairs escaped, as UTF-8 cannot hold them."""
    return re.sub(r"[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _check_selected(response: requests.Response, selector: str | None) -> None:
    document = response.json()
    if selector is None:
        if isinstance(document, list):
            return
        path, found = find_response_page_data(document)
        guess = f" Most likely it is data_selector: {'.'.join(path)}." if isinstance(found, list) else ""
        raise UnreadableSourceError(
            f"the answer is no array but {_shape(document)}; say in defs.yaml where the rows are.{guess}"
        )
    if not jsonpath.find_values(selector.split("[*]")[0] or "$", document):
        raise UnreadableSourceError(
            f"the answer has nothing at data_selector {selector!r}; it is {_shape(document)}. "
            "Nothing was landed, as no rows would be an empty list there. Correct data_selector in defs.yaml."
        )


def _shape(document: object) -> str:
    if isinstance(document, dict):
        return f"an object with: {', '.join(map(str, list(document)[:20]))}" if document else "an empty object"
    return "an array" if isinstance(document, list) else f"the value {str(document)[:80]!r}"


def _next_link(response: requests.Response) -> str | None:
    if header_links_detector(response)[0]:
        return "header Link"
    found, _ = json_links_detector(response)
    return str(found.next_url_path) if found else None


def _fingerprint(request: requests.Request) -> str:
    prepared = requests.Request(request.method, request.url, params=request.params).prepare()
    return repr((prepared.method, prepared.url, request.json, request.data))


def _is_address(value: str) -> bool:
    return value.startswith(("http://", "https://"))


def _in_words(error: Exception, origin: _Endpoint, secrets: _Secrets) -> SourceError:
    """Return the fault of a reading as a message to a person."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    for fault in found:
        if isinstance(fault, SourceError):
            told = str(fault)
            kind = type(fault)
            break
        if isinstance(fault, requests.HTTPError) and fault.response is not None:
            kind, told = _status_in_words(fault.response)
            break
        if isinstance(fault, requests.RequestException):
            kind, told = _transport_in_words(fault)
            break
    else:
        last = str(found[-1]).splitlines()[0] if str(found[-1]) else type(found[-1]).__name__
        kind, told = UnreadableSourceError, f"this cannot be read: {last[:_LONGEST_REASON]}"
    return kind(secrets.out_of(f"{origin.path}: {told}"))


def _status_in_words(response: requests.Response) -> tuple[type[SourceError], str]:
    status = response.status_code
    said = f"the API answered {status} {response.reason}".rstrip()
    asked = f" to {response.request.method} {sanitize_url(response.url)}" if response.request is not None else ""
    if status in {_UNAUTHORIZED, _FORBIDDEN}:
        return AccessError, (
            f"{said}{asked}. The credentials are wrong, expired or not permitted here; check the environment "
            "variables that auth in defs.yaml names. The data landed before stays in use."
        )
    if status == _NOT_FOUND:
        return MissingSourceError, (
            f"{said}{asked}. Correct path or base_url in defs.yaml; the data landed before stays in use."
        )
    if status == _TOO_MANY:
        return MissingSourceError, (
            f"{said}{asked}, also after waiting. Declare requests_per_second in defs.yaml, or load less often."
        )
    if status >= _SERVER_FAULTS:
        return MissingSourceError, (
            f"{said}{asked}, also when asked again. The fault is the API's; the data landed before stays in use."
        )
    return MissingSourceError, f"{said}{asked}. Check path, params and paginator in defs.yaml."


def _transport_in_words(fault: requests.RequestException) -> tuple[type[SourceError], str]:
    kept = "Nothing was landed; the data landed before stays in use."
    if isinstance(fault, requests.TooManyRedirects):
        return MissingSourceError, f"the API redirects in circles. {kept} Check base_url and path in defs.yaml."
    if isinstance(fault, requests.Timeout) or "timed out" in str(fault):
        return MissingSourceError, (
            f"the API stayed silent for longer than timeout_seconds, also when asked again. {kept}"
        )
    if isinstance(fault, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return MissingSourceError, f"the connection broke in the middle of an answer, also when asked again. {kept}"
    if isinstance(fault, requests.exceptions.SSLError):
        return MissingSourceError, f"the API's certificate cannot be trusted ({_reason(fault)}). {kept}"
    if isinstance(fault, requests.ConnectionError):
        return MissingSourceError, (
            f"the API cannot be reached, or broke the connection off, also when asked again ({_reason(fault)}). {kept}"
        )
    return MissingSourceError, f"the request failed: {_reason(fault)}. {kept}"


def _reason(fault: Exception) -> str:
    inner = fault.args[0] if fault.args else fault
    reason = getattr(inner, "reason", inner)
    text = str(reason).rsplit(": ", 1)[-1]
    return re.sub(r"\s+", " ", text)[:_LONGEST_REASON].rstrip(" .)'") or type(fault).__name__


