"""Landing a delimited text file: every field is read as text, then as its declared type, strictly.

One pass writes the sound rows to data.parquet. If they are as many as the physical lines, which were counted while
hashing, every line is a sound row, and its number follows from its place. Otherwise a second pass finds what does not
fit, and the sound rows get their source_row: the physical line on which the record begins. What could not be split,
does not fit or has no key of its own goes to quarantine with its line and raw text. The second pass belongs in
`csv_unsound`, where records stand in the file in `csv_lines`.
"""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import duckdb

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import SourceError, UnreadableSourceError
from orchestration.sources.formats.csv_header import column_names
from orchestration.sources.formats.csv_limits import refuse_overlong_records, without_nul
from orchestration.sources.formats.csv_lines import BREAKS, Located, raw_texts, shifts, without
from orchestration.sources.formats.csv_unsound import (
    PROBLEMS,
    Unsplit,
    check_conservation,
    forget_unsplit,
    locate_unsound,
    unsound_rejects,
)
from orchestration.sources.formats.plain_text import forget, plain_text
from orchestration.sources.formats.source_file import FileScan, SourceFile
from orchestration.sources.lake.raw_lake import DATA_FILE, LandedColumn, landed_rows
from orchestration.sources.rows.drift import against_declaration
from orchestration.sources.rows.keys import (
    check_keys,
    keys_increase,
    quarantine_unkeyed,
    unkeyed_lines,
    unkeyed_rejects,
)
from orchestration.sources.rows.reading import PARQUET, Reading, told, write_rejects, write_sound_rows
from orchestration.sources.rows.typed_values import TypedColumn, typed_columns
from orchestration.sources.sql import literal, path_literal

_NUMBERED = "numbered.parquet"


def read_csv_file(connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path) -> Reading:
    """Land one delimited text file into `target`; see `source_file.Reader`."""
    try:
        plain = plain_text(file, table, target, table.csv.encoding)
    except SourceError:
        forget(target)
        raise
    try:
        refuse_overlong_records(file.path, plain.path, table.csv)
        names, header_lines = column_names(file, plain, table)
        warnings = [*plain.warnings, *against_declaration(file.path, names, table)]
        check_keys(file.path, names, table)
        columns = typed_columns([(name, "VARCHAR") for name in names], table.columns, table.csv)
        if plain.scan.holds_nul:
            columns = [without_nul(column) for column in columns]
        fields = _fields(plain.path, table.csv, columns)
        forget_unsplit(connection)
        sound = write_sound_rows(connection, columns, fields, target / DATA_FILE)
        located, unsplit = Located(sound, breaks=[(0, header_lines + 1)]), list[Unsplit]()
        if sound != plain.scan.lines - header_lines:
            located, unsplit = locate_unsound(connection, file, plain, table, columns, fields, header_lines, target)
            check_conservation(file, located, sound, len(unsplit), table)
        keys_increase_as_written = keys_increase(connection, landed_rows(target / DATA_FILE, 1), table.keys)
        first_row = _number(connection, without(located.breaks, sorted(located.wanted)), sound, target)
        rows = landed_rows(target / DATA_FILE, first_row)
        unkeyed = 0
        if not keys_increase_as_written:  # numbering keeps no order
            unkeyed = quarantine_unkeyed(connection, file, table, rows, located.records, target)
        rows_quarantined = 0
        if sound - unkeyed != located.records:
            rejects = unsound_rejects(connection, located, unsplit, target)
            if unkeyed:
                first_row = None
                texts = raw_texts(plain.path, table.csv, len(names), located, unkeyed_lines(connection))
                rejects = chain(rejects, unkeyed_rejects(connection, texts))
            rows_quarantined = write_rejects(connection, file, rejects, target)
        if not located.records:
            warnings.append("the file has a header and no rows")
    except duckdb.Error as error:
        raise UnreadableSourceError(_in_words(file, plain.scan, error)) from error
    finally:
        forget(target)
        for left in (PROBLEMS, BREAKS):
            (target / left).unlink(missing_ok=True)
    landed = tuple(
        LandedColumn(name=name, type=declared.type if (declared := table.columns.get(name)) else "VARCHAR")
        for name in names
    )
    return Reading(landed, located.records, sound - unkeyed, rows_quarantined, tuple(warnings), first_row=first_row)


def _fields(text: Path, options: CsvOptions, columns: Sequence[TypedColumn]) -> str:
    """Return the file's records as text fields, for SQL; reading them notes what could not be split."""
    fields = ", ".join(f"{literal(column.name)}: 'VARCHAR'" for column in columns)
    nulls = ", ".join(literal(null) for null in options.null_strings)
    return (
        f"read_csv({path_literal(text)}, auto_detect = false, header = {str(options.header).lower()}, "
        f"delim = {literal(options.delimiter)}, quote = {literal(options.quote)}, escape = {literal(options.quote)}, "
        f"nullstr = [{nulls}]::VARCHAR[], columns = {{{fields}}}, compression = 'none', hive_partitioning = false, "
        "store_rejects = true)"
    )


def _number(
    connection: duckdb.DuckDBPyConnection, breaks: Sequence[tuple[int, int]], sound: int, target: Path
) -> int | None:
    """Give the rows of data.parquet their source_row; return the first one if each next row has the next."""
    breaks = [(ordinal, line) for ordinal, line in breaks if ordinal < max(sound, 1)]
    if len(breaks) <= 1:
        return breaks[0][1] if breaks else 1
    connection.execute(
        "COPY (SELECT data.* EXCLUDE (file_row_number), file_row_number + __shift AS source_row "
        f"FROM read_parquet({path_literal(target / DATA_FILE)}, file_row_number = true) data "
        f"JOIN {shifts(breaks, sound, target)}) TO {literal(str(target / _NUMBERED))} {PARQUET}"
    )
    (target / _NUMBERED).replace(target / DATA_FILE)
    return None


def _in_words(file: SourceFile, scan: FileScan, error: duckdb.Error) -> str:
    if "invalid state" in str(error) and 0 < scan.carriage_returns < scan.newlines:
        return (
            f"{file.path}: line ends are mixed: there are {scan.newlines} \\n, "
            f"of which at most {scan.carriage_returns} follow a \\r. "
            "Write the file with one kind of line end, and quote fields that hold one."
        )
    return f"{file.path}: this cannot be read as delimited text: {told(error)} Check the csv options in defs.yaml."
