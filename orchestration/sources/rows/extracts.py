"""Landing what a database or an API gives: how far back to read, and what of it is new.

A table is read whole, or from its high-water mark on: the highest cursor so far, which is kept in the batches'
manifests and so is committed with the rows it stands for. Rows that a reading finds unchanged are not landed again; the
same content again makes no batch. How rows are read belongs in the modules per kind.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import duckdb

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import (
    DATA_FILE,
    REJECTS_FILE,
    BatchManifest,
    LandedColumn,
    RawLake,
    batch_identity,
)
from orchestration.sources.rows.drift import against_last_batch
from orchestration.sources.rows.keys import ALREADY_USED, check_keys, quarantine_unkeyed
from orchestration.sources.rows.reading import PARQUET, Reading, duckdb_connection
from orchestration.sources.sql import identifier, literal, path_literal

Cursor = datetime | date | Decimal | int | str

_CLOCKS_DIFFER_BY = timedelta(days=1)
"""A source's clock may stand in any time zone; a cursor later than this is no time of a change."""

_MOST_BATCHES = 250
"""An incremental table of more batches is read whole again: a query over thousands of small files is slow."""


@dataclass(frozen=True)
class Since:
    """From which value of the cursor on to read. Rows without a cursor value are always read."""

    value: Cursor
    is_inclusive: bool


Extract = Callable[[SourceTable, Since | None, Path], Reading]
"""Reads a table, whole or since a value, into data.parquet and rejects.parquet of a folder.

The raw text of a reject is the row as a JSON object with the source's names. Raises a `SourceError`.
"""


def land_extract(
    system: SourceSystem, table: SourceTable, lake: RawLake, extract: Extract
) -> tuple[list[BatchManifest], list[BatchManifest]]:
    """Land what is new of a relation or resource; see `landing.Source.land`."""
    before = lake.current(system.name, table.name)
    since = _since(table, lake, system, before)
    known_at = lake.known_at(system.name, table.name, datetime.now(UTC))
    with lake.preparing(system.name, table.name) as workplace:
        reading = _keyed(table, extract(table, since, workplace), workplace)
        if since:
            with duckdb_connection(workplace) as connection:
                if _is_mended(connection, lake, table, before, workplace):
                    since = None
                else:
                    reading = _only_changes(connection, lake, table, before, reading, workplace)
            if since is None:
                _clear(workplace)
                reading = _keyed(table, extract(table, None, workplace), workplace)
            elif not reading.rows_landed and not reading.rows_quarantined:
                return before, []
        manifest = _manifest(system, table, lake, before, since, reading, known_at, workplace)
        if since is None and (earlier := lake.find(system.name, table.name, manifest.content_hash)):
            lake.note_whole_reading(system.name, table.name)
            return [earlier], []
        manifest = lake.add(manifest, workplace)
    if since is None:
        lake.note_whole_reading(system.name, table.name)
        return [manifest], [manifest]
    return [*before, manifest], [manifest]


def _since(table: SourceTable, lake: RawLake, system: SourceSystem, before: Sequence[BatchManifest]) -> Since | None:
    """Return from where to read; None: everything, as nothing is known yet or what is known cannot be built upon."""
    mark = before[-1].cursor_max if before else None
    if table.load == "full" or mark is None or before[-1].reading_hash != table.reading_hash:
        return None
    if table.load == "incremental" and len(before) > _MOST_BATCHES:
        return None
    if table.full_every_days:
        last = lake.last_whole_reading(system.name, table.name)
        # One that is still to come was made before the clock was set back.
        if last is None or not timedelta() <= datetime.now(UTC) - last <= timedelta(days=table.full_every_days):
            return None
    kind = table.columns[table.cursor or ""].type
    start = f"CAST({literal(mark)} AS {kind})"
    if table.overlap:
        start += f" - {table.overlap if table.overlap.isdecimal() else f'INTERVAL {literal(table.overlap)}'}"
    with duckdb.connect() as connection:
        (value,) = connection.execute(f"SELECT CAST({start} AS {kind})").fetchone() or (None,)
    return Since(value, is_inclusive=table.load == "incremental") if value is not None else None


def _keyed(table: SourceTable, reading: Reading, workplace: Path) -> Reading:
    """Put rows without a key of their own into quarantine, unless the source itself has none."""
    check_keys(_Place(table).path, [column.name for column in reading.columns], table)
    if reading.has_unique_keys or not table.keys:
        return reading
    data, read, rejects = workplace / DATA_FILE, workplace / "read.parquet", workplace / REJECTS_FILE
    read.hardlink_to(data)
    with duckdb_connection(workplace) as connection:
        unkeyed = quarantine_unkeyed(connection, _Place(table), table, _parquet(data), reading.rows_read, workplace)
        if unkeyed:
            columns = ", ".join(identifier(column.name) for column in reading.columns)
            found = (
                f"SELECT {literal(_Place(table).name)} AS source_file, source_row, column_name, reason, raw_text "
                f"FROM unkeyed JOIN (SELECT source_row, to_json(struct_pack({columns}))::VARCHAR AS raw_text "
                f"FROM {_parquet(read)}) USING (source_row)"
            )
            before = f"SELECT * FROM {_parquet(rejects)} UNION ALL " if reading.rows_quarantined else ""
            _rewritten(connection, f"SELECT * FROM ({before}{found}) ORDER BY source_row", rejects)
    read.unlink()
    return replace(
        reading,
        rows_landed=reading.rows_landed - unkeyed,
        rows_quarantined=reading.rows_quarantined + unkeyed,
    )


@dataclass(frozen=True)
class _Place:
    """Where a table's rows come from, for messages."""

    table: SourceTable
    what: ClassVar[str] = "source"

    @property
    def name(self) -> str:
        return self.table.relation or self.table.name

    @property
    def path(self) -> str:
        return f"table {self.table.name}, {self.name}"


def _is_mended(
    connection: duckdb.DuckDBPyConnection,
    lake: RawLake,
    table: SourceTable,
    before: Sequence[BatchManifest],
    workplace: Path,
) -> bool:
    """Return whether a row that was in quarantine has come again and is sound now.

    Everything is then read again, so that what is in quarantine is what the source still holds wrong.
    """
    rejects = _rejects(lake, before, f"reason NOT LIKE '%{ALREADY_USED}%'")
    if not rejects or not table.keys:
        return False
    same = " AND ".join(
        f"json_extract_string(raw_text, {literal(_json_path(key))}) = n.{identifier(key)}::VARCHAR"
        for key in table.keys
    )
    found = connection.execute(
        f"SELECT 1 FROM {_parquet(workplace / DATA_FILE)} n, ({rejects}) WHERE json_valid(raw_text) AND {same} LIMIT 1"
    ).fetchone()
    return found is not None


def _only_changes(
    connection: duckdb.DuckDBPyConnection,
    lake: RawLake,
    table: SourceTable,
    before: Sequence[BatchManifest],
    reading: Reading,
    workplace: Path,
) -> Reading:
    """Take out of what was read the rows that the table has already, sound or in quarantine."""
    landed, rejected = reading.rows_landed, reading.rows_quarantined
    if landed:
        known = {column.name: column.type for batch in before for column in batch.columns}
        cursor = identifier(table.cursor or "")
        rows = _parquet(workplace / DATA_FILE)
        # An API may give more than it was asked for, so what was read says from where on to compare.
        current = (
            f"SELECT * FROM ({current_rows(lake, table, before)}) "
            f"WHERE {cursor} >= (SELECT min({cursor}) FROM {rows}) OR {cursor} IS NULL"
        )
        same = " AND ".join(_same(column.name, column, known) for column in reading.columns)
        gone = known.keys() - {column.name for column in reading.columns}
        same += "".join(f" AND c.{identifier(name)} IS NULL" for name in sorted(gone))
        landed = _rewritten(
            connection,
            f"SELECT n.* FROM {rows} n WHERE NOT EXISTS (SELECT 1 FROM ({current}) c WHERE {same}) ORDER BY source_row",
            workplace / DATA_FILE,
        )
    if rejected and (earlier := _rejects(lake, before)):
        rejected = _rewritten(
            connection,
            f"SELECT n.* FROM {_parquet(workplace / REJECTS_FILE)} n "
            f"WHERE raw_text NOT IN (SELECT raw_text FROM ({earlier})) ORDER BY source_row",
            workplace / REJECTS_FILE,
        )
        if not rejected:
            (workplace / REJECTS_FILE).unlink()
    unchanged = reading.rows_landed - landed + reading.rows_quarantined - rejected
    return replace(reading, rows_landed=landed, rows_quarantined=rejected, rows_unchanged=unchanged)


def _same(name: str, column: LandedColumn, known: dict[str, str]) -> str:
    if name not in known:
        return f"n.{identifier(name)} IS NULL"
    text = "" if known[name] == column.type else "::VARCHAR"
    return f"c.{identifier(name)}{text} IS NOT DISTINCT FROM n.{identifier(name)}{text}"


def _manifest(
    system: SourceSystem,
    table: SourceTable,
    lake: RawLake,
    before: Sequence[BatchManifest],
    since: Since | None,
    reading: Reading,
    known_at: datetime,
    workplace: Path,
) -> BatchManifest:
    place = table.relation or table.name
    with duckdb_connection(workplace) as connection:
        content = _content(connection, reading, workplace)
        mark = _cursor_max(connection, table, before if since else (), known_at, workplace)
    # What changed since a state is another batch after another state, be its rows the same.
    after = [batch.batch_id for batch in before] if since else []
    identity = hashlib.sha256("\n".join([place, content, table.reading_hash, *after]).encode()).hexdigest()
    warnings = list(reading.warnings)
    if before:
        warnings += against_last_batch(reading.columns, before[-1].columns, table)
    had = lake.row_count(system.name, table.name)
    if table.load == "append" and since is None and reading.rows_landed < had:
        warnings.append(f"{had} rows had landed and the source has {reading.rows_landed} now; history keeps the others")
    return BatchManifest(
        batch_id=batch_identity(known_at, identity),
        system=system.name,
        table=table.name,
        format=system.kind,
        known_at=known_at,
        source_file=place,
        is_whole=since is None,
        cursor_max=mark,
        reading_hash=table.reading_hash,
        content_hash=identity,
        columns=reading.columns,
        rows_read=reading.rows_read,
        rows_landed=reading.rows_landed,
        rows_quarantined=reading.rows_quarantined,
        rows_unchanged=reading.rows_unchanged,
        warnings=tuple(warnings),
    )


def _content(connection: duckdb.DuckDBPyConnection, reading: Reading, workplace: Path) -> str:
    """Return what tells one set of rows from another, in whatever order a source gives them."""
    columns = ", ".join(identifier(column.name) for column in reading.columns)
    names = [f"{column.name} {column.type}" for column in reading.columns]
    said: list[object] = [names, _row_hash(connection, workplace / DATA_FILE, columns)]
    if reading.rows_quarantined:
        said.append(_row_hash(connection, workplace / REJECTS_FILE, "reason, raw_text"))
    return repr(said)


def _row_hash(connection: duckdb.DuckDBPyConnection, file: Path, columns: str) -> object:
    return connection.execute(
        f"SELECT count(*), sum(hash({columns})::HUGEINT)::VARCHAR, bit_xor(hash({columns}))::VARCHAR "
        f"FROM {_parquet(file)}"
    ).fetchone()


def _cursor_max(
    connection: duckdb.DuckDBPyConnection,
    table: SourceTable,
    before: Sequence[BatchManifest],
    known_at: datetime,
    workplace: Path,
) -> str | None:
    """Return the new high-water mark. A time of the future is none: it would hide every change until then."""
    if table.cursor is None:
        return None
    cursor, kind = identifier(table.cursor), table.columns[table.cursor].type
    believed = ""
    if kind in {"DATE", "TIMESTAMP"}:
        latest = (known_at + _CLOCKS_DIFFER_BY).replace(tzinfo=None).isoformat(sep=" ")
        believed = f" WHERE {cursor} <= TIMESTAMP {literal(latest)}"
    last = before[-1].cursor_max if before else None
    (mark,) = connection.execute(
        f"SELECT greatest(max({cursor}), CAST({literal(last) if last else 'NULL'} AS {kind}))::VARCHAR "
        f"FROM {_parquet(workplace / DATA_FILE)}{believed}"
    ).fetchone() or (None,)
    return str(mark) if mark is not None else None


def _rejects(lake: RawLake, batches: Sequence[BatchManifest], which: str = "true") -> str:
    files = [file for batch in batches if (file := lake.rejects_file(batch))]
    return " UNION ALL ".join(f"SELECT raw_text FROM {_parquet(file)} WHERE {which}" for file in files)


def _rewritten(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    fresh = file.with_suffix(".changed")
    written = connection.execute(f"COPY ({query}) TO {literal(str(fresh))} {PARQUET}").fetchone()
    fresh.replace(file)
    return int(written[0]) if written else 0


def _clear(workplace: Path) -> None:
    for file in (DATA_FILE, REJECTS_FILE):
        (workplace / file).unlink(missing_ok=True)


def _parquet(file: Path) -> str:
    return f"read_parquet({path_literal(file)}, hive_partitioning = false)"


def _json_path(key: str) -> str:
    return '$."' + re.sub(r'(["\\])', r"\\\1", key) + '"'
