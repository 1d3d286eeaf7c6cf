"""The rows in quarantine now: those that the current batches' files hold and the warehouse does not.

Belongs here: finding them. Why a row is rejected is decided by the modules per format, showing them belongs to the
command line. A row leaves quarantine when its file or its declaration is mended and landed again.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import DeclarationError, LakeError
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.sql import literal, path_literal

LONGEST_TEXT = 500
"""Characters of a row's raw text that are given here; rejects.parquet has all of it."""

_LINES = {"csv", "jsonl"}
"""Formats whose source_row is a line of the file."""


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that could not be landed. `source_row` is its line (text) or row (other files) from 1.

    Of a database or an API it is the row's place in that one reading, which says nothing of where it stands there.
    """

    system: str
    table: str
    source_file: str
    source_row: int
    column_name: str | None
    """Several, joined, where several are wrong; None where the line as a whole is."""
    reason: str
    raw_text: str
    """The first `LONGEST_TEXT` characters."""
    place: str
    """Where a person finds it: "line 36" or "row 36" of the file; in a database or an API by its keys, "id 2"."""


@dataclass(frozen=True)
class Quarantine:
    """The first rows in quarantine, and how many there are in all."""

    rows: tuple[QuarantinedRow, ...]
    row_count: int


def quarantine(
    lake: RawLake,
    systems: Sequence[SourceSystem],
    *,
    selected: str | None = None,
    limit: int = 50,
    as_of: datetime | None = None,
) -> Quarantine:
    """Return at most `limit` rows in quarantine, in order of system, table, file and line.

    `selected` is `system` or `system.table`; everything that is declared unless given. With `as_of` (a time with zone)
    the rows that were in quarantine then. Raises `DeclarationError` if nothing of the name `selected` is declared, and
    `LakeError` for a damaged lake.
    """
    found = [
        (batch, file, None if system.kind == "files" else table.keys)
        for system, table in _selected(systems, selected)
        for batch in lake.current(system.name, table.name, as_of=as_of)
        if (file := lake.rejects_file(batch))
    ]
    if not found:
        return Quarantine((), 0)
    query = " UNION ALL ".join(_rejects(*each) for each in found)
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(f"{query} ORDER BY ALL LIMIT {int(limit)}").fetchall()
    except duckdb.Error as error:
        raise LakeError(
            f"{lake.root}: quarantined rows cannot be read: {error}. Restore them from a backup."
        ) from error
    row_count = sum(batch.rows_quarantined for batch, *_ in found)
    return Quarantine(tuple(QuarantinedRow(*row) for row in rows), row_count)


def quarantined_amounts(lake: RawLake, table: SourceTable, batches: Iterable[BatchManifest]) -> dict[str, Decimal]:
    """Return what the rows in quarantine add up to in each DECIMAL column, as far as they can still be read.

    A row of a database, an API or JSON Lines is read by the names of its fields, a line of a CSV by their order. A
    column of which no row can be read is not there. Raises `LakeError` for a damaged lake.
    """
    amounts: dict[str, Decimal] = {}
    columns = [column for column, declared in table.columns.items() if declared.type.startswith("DECIMAL")]
    for batch in batches:
        file = lake.rejects_file(batch) if columns else None
        if file is None:
            continue
        try:
            with duckdb.connect() as connection:
                texts = connection.execute(
                    f"SELECT raw_text FROM read_parquet({path_literal(file)}, hive_partitioning = false)"
                ).fetchall()
        except duckdb.Error as error:
            raise LakeError(f"{file}: quarantined rows cannot be read: {error}. Restore it from a backup.") from error
        names = [column.name for column in batch.columns]
        for (text,) in texts:
            values = _values(text, names, table)
            for column in columns:
                if (amount := _amount(values.get(column), table)) is not None:
                    amounts[column] = amounts.get(column, Decimal(0)) + amount
    return amounts


def _values(text: str, names: Sequence[str], table: SourceTable) -> Mapping[str, object]:
    """Return the fields of a rejected row by name; none of a line whose fields cannot be told apart."""
    if table.format == "csv":
        fields = next(csv.reader([text], delimiter=table.csv.delimiter, quotechar=table.csv.quote), [])
        return dict(zip(names, fields, strict=True)) if len(fields) == len(names) else {}
    try:
        row = json.loads(text, parse_float=Decimal)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _amount(value: object, table: SourceTable) -> Decimal | None:
    text = str(value).strip()
    if table.format == "csv":
        if table.csv.thousands:
            text = text.replace(table.csv.thousands, "")
        text = text.replace(table.csv.decimal, ".")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _rejects(batch: BatchManifest, file: Path, keys: Sequence[str] | None) -> str:
    """Return the query of a batch's rows; `keys` are those of a table of a database or an API, None for files."""
    place = f"'{'line' if batch.format in _LINES else 'row'} ' || source_row"
    if keys is not None:
        place += " || ' of those read'"
    if keys:  # the raw text of such a row is a JSON object
        named = " || ', ' || ".join(f"{literal(f'{key} ')} || coalesce({_value(key)}, 'NULL')" for key in keys)
        place = f"CASE WHEN json_valid(raw_text) THEN {named} ELSE {place} END"
    return (
        f"SELECT {literal(batch.system)}, {literal(batch.table)}, source_file, source_row, column_name, reason, "
        f"left(raw_text, {LONGEST_TEXT}), left({place}, {LONGEST_TEXT}) "
        f"FROM read_parquet({path_literal(file)}, hive_partitioning = false)"
    )


def _value(key: str) -> str:
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    return f"json_extract_string(raw_text, {literal(pointer)})"


def _selected(systems: Sequence[SourceSystem], selected: str | None) -> list[tuple[SourceSystem, SourceTable]]:
    pairs = [(system, table) for system in systems for table in system.tables]
    if selected is None:
        return pairs
    system_name, _, table_name = selected.partition(".")
    tables = [pair for pair in pairs if pair[0].name == system_name]
    if not tables:
        raise DeclarationError(
            f"No source system {system_name!r} is declared. There is: {', '.join(s.name for s in systems)}."
        )
    chosen = [pair for pair in tables if pair[1].name == table_name] if table_name else tables
    if not chosen:
        raise DeclarationError(
            f"Source system {system_name} declares no table {table_name!r}. "
            f"There is: {', '.join(table.name for _, table in tables)}."
        )
    return chosen
