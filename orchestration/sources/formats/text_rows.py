"""Landing rows that are text already: typed strictly, sound ones to data.parquet, the others to quarantine.

For formats whose rows carry their own number: JSON and Excel. How rows become text belongs in their modules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import ConservationError, DriftError
from orchestration.sources.lake.raw_lake import DATA_FILE, LandedColumn, landed_rows
from orchestration.sources.rows.drift import against_declaration, check_names
from orchestration.sources.rows.keys import check_keys, quarantine_unkeyed, unkeyed_rejects, unkeyed_texts
from orchestration.sources.rows.reading import (
    PARQUET,
    Origin,
    Reading,
    Reject,
    refuse_if_mostly_unfit,
    write_rejects,
)
from orchestration.sources.rows.typed_values import PROBLEMS_TYPE, typed_as_named, typed_columns, typed_rows
from orchestration.sources.sql import identifier, literal

_TYPED = "typed.parquet"


@dataclass(frozen=True)
class TextRows:
    """A query's rows: `source` is a table or function, `columns` gives each column's name and its SQL expression.

    `row` and `raw` are expressions too: the row's number in the file, and its raw text. `problems` is one of the type
    `PROBLEMS_TYPE`: what was wrong with a row before its values were typed.
    """

    source: str
    columns: Mapping[str, str]
    row: str
    raw: str
    problems: str = "NULL"


def land_text_rows(
    connection: duckdb.DuckDBPyConnection,
    file: Origin,
    table: SourceTable,
    target: Path,
    rows: TextRows,
    rejects: Sequence[Reject],
    rows_read: int,
    warnings: Sequence[str] = (),
) -> Reading:
    """Write data.parquet and rejects.parquet.

    `rejects` are records that never became rows; `rows_read` counts them too.
    Raises `DriftError` for columns missing or mostly unfit, `ConservationError` if rows and rejects are not rows_read.
    """
    names = list(rows.columns)
    if not names:
        told = f"Row {rejects[0].source_row}: {rejects[0].reason}. " if rejects else ""
        raise DriftError(
            f"{file.path}: none of its {rows_read} rows names a column. {told}Correct the {file.what}, or "
            f"the format and columns of table {table.name} in defs.yaml."
        )
    check_names(file.path, names)
    found = against_declaration(file.path, names, table, file.what)
    check_keys(file.path, names, table)
    columns = typed_columns([(name, "VARCHAR") for name in names], table.columns, table.texts)
    nulls = ", ".join(literal(text) for text in table.texts.null_strings)
    said = [
        f"{f'CASE WHEN {value} NOT IN ({nulls}) THEN {value} END' if nulls else value} AS {identifier(name)}"
        for name, value in rows.columns.items()
    ]
    source = ", ".join([*said, f"{rows.row} AS __row", f"{rows.raw} AS __raw", f"{rows.problems} AS __found"])
    typed = typed_rows(columns, f"(SELECT {source} FROM {rows.source})", "__row", "__raw", "__found")
    earlier = f"coalesce(__found, []::{PROBLEMS_TYPE})"
    later = (
        f"list_filter(coalesce(__problems, []::{PROBLEMS_TYPE}), lambda p: NOT list_contains(__told, p.column_name))"
    )
    path = target / _TYPED
    try:
        written = connection.execute(
            f"COPY (SELECT {typed_as_named(columns)}, __row AS source_row, __raw, "
            f"list_concat({earlier}, {later}) AS __problems "
            f"FROM (SELECT *, list_transform({earlier}, lambda p: p.column_name) AS __told FROM ({typed}))) "
            f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"
        ).fetchone()
        rows_typed = int(written[0]) if written else 0
        if rows_typed + len(rejects) != rows_read:
            raise ConservationError(
                f"{file.path}: {rows_read} rows are in the {file.what}, but {rows_typed} could be read and "
                f"{len(rejects)} could not. Nothing was landed; please report this {file.what}."
            )
        split = f"read_parquet({literal(str(path))})"
        written = connection.execute(
            f"COPY (SELECT * EXCLUDE (__raw, __problems) FROM {split} WHERE len(__problems) = 0) "
            f"TO {literal(str(target / DATA_FILE))} {PARQUET}"
        ).fetchone()
        sound = int(written[0]) if written else 0
        query = f"FROM {split} WHERE len(__problems) > 0"
        if sound != rows_read:
            _refuse(connection, file, table, rows_read, rows_read - sound, rejects, query)
        data = landed_rows(target / DATA_FILE, None)
        unkeyed = quarantine_unkeyed(connection, file, table, data, rows_read, target)
        rows_landed = sound - unkeyed
        quarantined = 0
        if rows_landed != rows_read:
            others = chain(rejects, _misfits(connection, query))
            if unkeyed:
                texts = unkeyed_texts(connection, f"(SELECT source_row, __raw AS raw_text FROM {split})")
                others = chain(others, unkeyed_rejects(connection, texts))
            quarantined = write_rejects(connection, file, others, target)
    finally:
        path.unlink(missing_ok=True)
    if not rows_read:
        found = [*found, f"the {file.what} has no rows"]
    types = {name: declared.type for name, declared in table.columns.items()}
    landed = tuple(LandedColumn(name=name, type=types.get(name, "VARCHAR")) for name in names)
    return Reading(landed, rows_read, rows_landed, quarantined, (*warnings, *found))


def _refuse(
    connection: duckdb.DuckDBPyConnection,
    file: Origin,
    table: SourceTable,
    rows_read: int,
    rows_unfit: int,
    rejects: Sequence[Reject],
    query: str,
) -> None:
    listing = (
        f"SELECT source_row, problem.column_name, problem.reason "
        f"FROM (SELECT source_row, unnest(__problems) AS problem {query})"
    )
    if rejects:
        first = rejects[0]
        listing += f" UNION ALL SELECT {first.source_row}, NULL, {literal(first.reason)} FROM range({len(rejects)})"
    refuse_if_mostly_unfit(connection, file, table, rows_read, rows_unfit, listing)


def _misfits(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Reject]:
    found = connection.cursor().execute(f"SELECT source_row, __problems, __raw {query} ORDER BY source_row")
    while rows := found.fetchmany(10_000):
        for number, problems, text in rows:
            yield Reject(
                source_row=number,
                column_name=", ".join(problem["column_name"] for problem in problems),
                reason="; ".join(f"{problem['column_name']}: {problem['reason']}" for problem in problems),
                raw_text=str(text),
            )
