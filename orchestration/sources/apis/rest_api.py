"""Reading an HTTP API with dlt's declarative REST client: each table is one dlt resource, each record one row.

dlt makes the requests, pages, resolves parents and refreshes tokens; rows are taken from its resources as they come and
typed by `formats.json_files`. dlt keeps nothing: no pipeline, no state, no schema, so that the lake's manifest is the
only truth about what has been read. Needs the extra `api`. What goes over the line belongs in `http_session`, what may
be declared in `declaration.api_options`.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

from dlt.sources.helpers.rest_client.redaction import sanitize_url
from dlt.sources.rest_api import rest_api_resources
from dlt.sources.rest_api.config_setup import create_paginator

from orchestration.sources.apis.faults import in_words
from orchestration.sources.apis.http_session import RateLimit, open_session
from orchestration.sources.apis.pages import Findings, FollowedPages
from orchestration.sources.declaration.api_options import Api, ApiResource, Incremental
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.environment import filled_in, secrets_in
from orchestration.sources.errors import ConservationError, DeclarationError, SourceError
from orchestration.sources.formats.json_files import json_text, land_records
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.rows.extracts import Cursor, Since, land_extract
from orchestration.sources.rows.reading import Reading, duckdb_connection
from orchestration.sources.secrets import Secrets

_START = "{incremental.start_value}"
_END = object()


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
    secrets = Secrets([value for text in said for value in secrets_in(text)])
    with secrets.kept_out_of_logs():
        yield OpenApi(system, system.api, secrets)


class OpenApi:
    """An API that is open for reading; one rate limit holds for all its tables."""

    def __init__(self, system: SourceSystem, api: Api, secrets: Secrets) -> None:
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
        findings = Findings()
        rows = self._rows(table, since, client, findings)
        records = _numbered(rows, origin.path)
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
        self, table: SourceTable, since: Since | None, client: dict[str, Any], findings: Findings
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
                self._resource(member, since if member is table else None, findings if member is table else Findings())
                for member in chain
            ],
        }
        (wanted,) = [found for found in rest_api_resources(config) if found.name == table.name]  # type: ignore[arg-type]
        yield from wanted

    def _auth(self, declared: dict[str, Any]) -> dict[str, Any]:
        if declared["type"] != "oauth2_client_credentials":
            return declared
        return {**declared, "session": open_session(self._api, declared["access_token_url"], self._turn)}

    def _resource(self, table: SourceTable, since: Since | None, findings: Findings) -> dict[str, Any]:
        resource = _resource_of(self.system, table)
        where = f"{self.system.name}.{table.name}"
        paginator = resource.paginator or self._api.paginator
        assert paginator is not None  # noqa: S101 (held by the declaration)
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
        assert followed is not None  # noqa: S101 (only `auto` gives none, and it may not be declared)
        endpoint["paginator"] = FollowedPages(followed, resource.data_selector, findings)
        endpoint["data_selector"] = resource.data_selector or "$"
        included = {"include_from_parent": list(resource.include_from_parent)} if resource.include_from_parent else {}
        return {"name": table.name, "endpoint": endpoint, **included}


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
    if isinstance(value, date):
        return _moment(value, incremental.convert)
    return value if isinstance(value, int) else str(value)


def _moment(value: date, convert: str | None) -> str | int:
    if convert is None and not isinstance(value, datetime):
        return value.isoformat()
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    moment = moment.replace(tzinfo=UTC)  # what lands as TIMESTAMP is in UTC
    if convert == "epoch_seconds":
        return int(moment.timestamp())
    if convert == "epoch_milliseconds":
        return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
    return moment.strftime(convert) if convert else moment.isoformat().replace("+00:00", "Z")


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
        if value == _START and not isinstance(start, str):
            return start
        return value.replace(_START, "" if start is None else str(start).replace("{", "{{").replace("}", "}}"))

    put_in: dict[str, Any] = put(dict(endpoint))
    return put_in


def _numbered(rows: Iterator[object], where: str) -> Iterator[tuple[int, str]]:
    """Yield each row's number, from 1, and JSON text. Raises a `SourceError` for whatever stops the reading."""
    number = 0
    while True:
        try:
            row = next(rows, _END)
        except Exception as error:  # dlt wraps every fault of the API in its own
            raise in_words(error, where) from None
        if row is _END:
            return
        number += 1
        yield number, _utf8(json_text(row))


def _utf8(text: str) -> str:
    """Return JSON text with halves of surrogate pairs escaped, as UTF-8 cannot hold them."""
    return re.sub(r"[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
