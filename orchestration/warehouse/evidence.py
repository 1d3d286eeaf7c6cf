"""What a published mart says about itself in schema `meta`: its publications, its checks, its sources.

Belongs here: the shape of these tables, writing them, reading those of the mart that is in place. The data does not.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import duckdb

from orchestration.warehouse.checks import CheckRow
from orchestration.warehouse.connect import identifier, literal
from orchestration.warehouse.freshness import SourceFreshness

_TABLES = {
    "publication": {
        "publication_id": "varchar not null",
        "published_at": "timestamp not null",
        "code_version": "varchar not null",
        "content_hash": "varchar not null",
        "checks_passed": "integer not null",
        "checks_warned": "integer not null",
        "checks_failed": "integer not null",
    },
    "check_result": {
        "check_id": "varchar not null",
        "engine": "varchar not null",
        "table_name": "varchar not null",
        "severity": "varchar not null",
        "status": "varchar not null",
        "observed": "varchar",
        "failing_rows": "bigint",
        "message": "varchar",
    },
    "source_batch": {
        "source_system": "varchar not null",
        "source_table": "varchar not null",
        "batch_id": "varchar",
        "known_at": "timestamp",
        "row_count": "bigint not null",
        "quarantined_count": "bigint not null",
        "max_age_hours": "double",
    },
}
_COMMENTS = {
    "publication": "One row per publication of this file, newest last (ids sort). Times are UTC.",
    "check_result": "One row per check of this publication.",
    "source_batch": "One row per source table: its newest batch in this publication. Times are UTC.",
    "source_freshness": "One row per source table. is_fresh is worked out when it is read; NULL: nothing is promised.",
}
_FRESHNESS_VIEW = """
create view {meta}.source_freshness as
select
    *,
    case
        when max_age_hours is null then null
        else coalesce(epoch(now()) - epoch(known_at) <= max_age_hours * 3600, false)
    end as is_fresh
from meta.source_batch
"""


@dataclass(frozen=True)
class PublicationRow:
    """One row of `meta.publication`."""

    publication_id: str
    published_at: datetime
    """With time zone UTC."""
    code_version: str
    content_hash: str
    checks_passed: int
    checks_warned: int
    checks_failed: int


@dataclass(frozen=True)
class Evidence:
    """What publishing must bring to readers although no figure changed: outcomes of checks, and batches of sources.

    A check's observed value and message are left out: they may tell a time, and would make every run a publication.
    """

    checks: Counter[tuple[object, ...]]
    sources: Counter[tuple[object, ...]]


def evidence(checks: Iterable[CheckRow], freshness: Iterable[SourceFreshness]) -> Evidence:
    """Return the evidence for a publication with these results and sources."""
    return Evidence(
        Counter((c.check_id, c.engine, c.table_name, c.severity, c.status, c.failing_rows) for c in checks),
        Counter(tuple(asdict(source).values()) for source in freshness),
    )


def read_evidence(connection: duckdb.DuckDBPyConnection, database: str) -> Evidence:
    """Return the evidence that an attached published mart holds."""
    meta = f"{identifier(database)}.meta"
    checks = connection.execute(
        f"select check_id, engine, table_name, severity, status, failing_rows from {meta}.check_result"
    ).fetchall()
    sources = connection.execute(
        f"select {', '.join(_TABLES['source_batch'])} from {meta}.source_batch order by all"
    ).fetchall()
    known_at = list(_TABLES["source_batch"]).index("known_at")
    return Evidence(
        Counter(checks),
        Counter((*row[:known_at], _with_zone(row[known_at]), *row[known_at + 1 :]) for row in sources),
    )


def last_publication(connection: duckdb.DuckDBPyConnection, database: str) -> PublicationRow | None:
    """Return the newest row of an attached published mart's history."""
    row = connection.execute(
        "select publication_id, published_at, code_version, content_hash, checks_passed, checks_warned, checks_failed "
        f"from {identifier(database)}.meta.publication order by publication_id desc limit 1"
    ).fetchone()
    return PublicationRow(row[0], row[1].replace(tzinfo=UTC), *row[2:]) if row else None


def write_evidence(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    *,
    publication: PublicationRow,
    checks: Sequence[CheckRow],
    freshness: Sequence[SourceFreshness],
    history_from: str | None,
) -> None:
    """Write schema `meta` of the attached new mart, after the history of the attached mart `history_from`."""
    meta = f"{identifier(database)}.meta"
    for table, columns in _TABLES.items():
        shape = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        connection.execute(f"create table {meta}.{table} ({shape})")
    connection.execute(_FRESHNESS_VIEW.format(meta=meta))
    for relation, comment in _COMMENTS.items():
        kind = "table" if relation in _TABLES else "view"
        connection.execute(f"comment on {kind} {meta}.{relation} is {literal(comment)}")
    if history_from is not None:
        history = f"{identifier(history_from)}.meta.publication"
        connection.execute(f"insert into {meta}.publication by name from {history} order by publication_id")
    _insert(connection, meta, "publication", [asdict(publication)])
    results = sorted(checks, key=lambda check: (check.table_name, check.check_id))
    _insert(connection, meta, "check_result", [{**c.model_dump(), "observed": c.observed_text} for c in results])
    _insert(connection, meta, "source_batch", [asdict(source) for source in freshness])


def _insert(connection: duckdb.DuckDBPyConnection, meta: str, table: str, rows: Sequence[dict[str, object]]) -> None:
    """Insert rows as one JSON literal: a process's first query parameter makes DuckDB import pandas (1 s)."""
    columns = {column: kind.removesuffix(" not null") for column, kind in _TABLES[table].items()}
    values = json.dumps([{column: _plain(row[column]) for column in columns} for row in rows])
    connection.execute(
        f"insert into {meta}.{table} by name "
        f"select unnest(from_json({literal(values)}, {literal(json.dumps([columns]))}), recursive := true)"
    )


def _plain(value: object) -> object:
    """Return a value as JSON takes it; a time as UTC without a zone, which every tool shows unshifted."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() if isinstance(value, datetime) else value


def _with_zone(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
