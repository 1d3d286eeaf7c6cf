"""Landing a Parquet file: DuckDB reads and writes it in one pass.

A second pass finds the rejects, only if there are any. source_row is the row's number in the file, from 1.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.file_kinds import refuse_another_kind
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.lake.raw_lake import DATA_FILE, LandedColumn, landed_rows
from orchestration.sources.rows.drift import against_declaration, check_names
from orchestration.sources.rows.keys import check_keys, quarantine_unkeyed, unkeyed_rejects, unkeyed_texts
from orchestration.sources.rows.reading import (
    Reading,
    Reject,
    refuse_if_mostly_unfit,
    told,
    write_rejects,
    write_sound_rows,
)
from orchestration.sources.rows.typed_values import typed_columns, typed_rows
from orchestration.sources.sql import literal, path_literal


def read_parquet_file(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path
) -> Reading:
    """Land one Parquet file into `target`; see `source_file.Reader`."""
    if not file.scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty. Write it again at the source.")
    refuse_another_kind(file, table, file.path)
    try:
        return _read(connection, file, table, target)
    except duckdb.Error as error:
        raise UnreadableSourceError(
            f"{file.path}: this cannot be read as Parquet: {told(error).replace(str(file.path), file.path.name)} "
            "Write the file again at the source."
        ) from error


def _read(connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path) -> Reading:
    path = path_literal(file.path)
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning = false)").fetchall()
    names = [name for name, *_ in described]
    check_names(file.path, names)
    warnings = against_declaration(file.path, names, table)
    columns = typed_columns([(name, kind) for name, kind, *_ in described], table.columns, table.texts)
    rows = f"read_parquet({path}, hive_partitioning = false, file_row_number = true)"
    typed = typed_rows(columns, rows, "file_row_number")
    check_keys(file.path, names, table)
    counted = connection.execute(f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({path})").fetchone()
    rows_read = int(counted[0]) if counted else 0
    numbered = f"(SELECT *, file_row_number + 1 AS source_row FROM {rows})"
    sound = write_sound_rows(connection, columns, numbered, target / DATA_FILE, "source_row")
    if sound != rows_read:
        misfits = f"SELECT file_row_number + 1 AS source_row, unnest(__problems) AS problem FROM ({typed})"
        listing = f"SELECT source_row, problem.column_name, problem.reason FROM ({misfits})"
        refuse_if_mostly_unfit(connection, file, table, rows_read, rows_read - sound, listing)
    data = landed_rows(target / DATA_FILE, None)
    unkeyed = quarantine_unkeyed(connection, file, table, data, rows_read, target)
    rows_landed = sound - unkeyed
    rows_quarantined = 0
    if rows_landed != rows_read:
        whole = f"to_json({{{', '.join(f'{literal(c.name)}: {c.raw}' for c in columns)}}})"
        query = f"SELECT file_row_number + 1, __problems, {whole} FROM ({typed}) WHERE __problems IS NOT NULL"
        rejects = _rejects(connection, query)
        if unkeyed:
            texts = unkeyed_texts(
                connection, f"(SELECT file_row_number + 1 AS source_row, {whole} AS raw_text FROM ({typed}))"
            )
            rejects = chain(rejects, unkeyed_rejects(connection, texts))
        rows_quarantined = write_rejects(connection, file, rejects, target)
    landed = tuple(
        LandedColumn(name=column.name, type=declared.type if (declared := table.columns.get(column.name)) else kind)
        for column, (_, kind, *_) in zip(columns, described, strict=True)
    )
    if not rows_read:
        warnings.append("the file has no rows")
    return Reading(landed, rows_read, rows_landed, rows_quarantined, tuple(warnings))


def _rejects(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Reject]:
    found = connection.cursor().execute(query)
    while rows := found.fetchmany(10_000):
        for number, problems, text in rows:
            yield Reject(
                source_row=number,
                column_name=", ".join(problem["column_name"] for problem in problems),
                reason="; ".join(f"{problem['column_name']}: {problem['reason']}" for problem in problems),
                raw_text=str(text),
            )
