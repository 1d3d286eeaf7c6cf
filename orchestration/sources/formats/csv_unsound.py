"""What is not sound in a delimited text file: the second pass, which finds each such record, its place and the reason.

A record is not sound if it cannot be split into fields, or if its values do not fit their types. So many of them that
the declaration must be wrong refuse the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import ConservationError, DriftError, UnreadableSourceError
from orchestration.sources.formats.csv_header import OTHER_DELIMITERS, another_delimiter
from orchestration.sources.formats.csv_limits import line_at_byte
from orchestration.sources.formats.csv_lines import Located, line_at, locate_by_line, locate_by_record, shifts
from orchestration.sources.formats.plain_text import PlainText
from orchestration.sources.formats.source_file import FileScan, SourceFile
from orchestration.sources.rows.reading import Reject, mostly_unfit, refuse_if_mostly_unfit, without_optimizer
from orchestration.sources.rows.typed_values import TypedColumn, typed_rows
from orchestration.sources.sql import literal, path_literal

PROBLEMS = "problems.parquet"
_REASONS = {
    "MISSING COLUMNS": "the line has too few fields",
    "TOO MANY COLUMNS": "the line has too many fields",
    "UNQUOTED VALUE": "quotes do not match: one within a quoted field is not doubled, or one is never closed",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
    "INVALID ENCODING": "bytes are not valid text in the declared encoding",
}
_COUNTED = frozenset({"MISSING COLUMNS", "TOO MANY COLUMNS"})


@dataclass(frozen=True)
class Unsplit:
    """A record that DuckDB could not split into fields."""

    line: int
    offset: int
    column_name: str | None
    reason: str
    text: str


def forget_unsplit(connection: duckdb.DuckDBPyConnection) -> None:
    """Take away what DuckDB noted of records that it could not split; it adds to it with each reading."""
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def locate_unsound(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    plain: PlainText,
    table: SourceTable,
    columns: Sequence[TypedColumn],
    fields: str,
    header_lines: int,
    target: Path,
) -> tuple[Located, list[Unsplit]]:
    """Read the file again for what is not sound in it, and find where all records stand.

    `fields` gives the records as text fields, for SQL; reading them notes what could not be split.
    """
    forget_unsplit(connection)
    typed = typed_rows(columns, fields)
    # A field that is not read is not checked either: the encoding of a text, for example.
    with without_optimizer(connection, "unused_columns"):
        written = connection.execute(
            f"COPY (SELECT __problems FROM ({typed})) TO {literal(str(target / PROBLEMS))} (FORMAT parquet)"
        ).fetchone()
    split = int(written[0]) if written else 0
    misfits, broken = _unfit(connection, target)
    hopeless = mostly_unfit(split + broken, misfits + broken)
    if hopeless:
        _refuse_other_fields(connection, file, plain.path, table, split + broken, len(columns))
    ordinals = [] if hopeless else _misfits(connection, target)
    unsplit = _unsplit(connection, plain.path)
    _refuse_an_open_quote(file, plain.path, unsplit, plain.scan)
    lines = plain.scan.lines
    if lines - header_lines == split + len(unsplit):
        located = locate_by_line(plain.path, header_lines, lines, (record.line for record in unsplit), ordinals)
    else:
        offsets = (record.offset for record in unsplit)
        located = locate_by_record(plain.path, table.csv, len(columns), offsets, ordinals)
    if hopeless:
        listing = _listing(connection, located, unsplit, split, target)
        refuse_if_mostly_unfit(connection, file, table, split + broken, misfits + broken, listing)
    return located, unsplit


def check_conservation(file: SourceFile, located: Located, sound: int, unsplit: int, table: SourceTable) -> None:
    """Raise `ConservationError` unless each record of the file was read as sound, as a misfit or as not split."""
    misfits = len(located.wanted)
    if located.records == sound + misfits + unsplit and len(located.unsplit) == unsplit:
        return
    raise ConservationError(
        f"{file.path}: the file holds {located.records} records, but {sound + misfits} could be split into fields and "
        f"{unsplit} could not. Nothing was landed. Quotes are most likely broken: look for a single {table.csv.quote}."
    )


def unsound_rejects(
    connection: duckdb.DuckDBPyConnection, located: Located, unsplit: list[Unsplit], target: Path
) -> Iterator[Reject]:
    """Yield first the records that could not be split, then those that do not fit, each in order of line."""
    for record, raw in zip(unsplit, located.unsplit, strict=True):
        yield Reject(raw.line, record.column_name, record.reason, raw.text)
    if not located.wanted:
        return
    found = connection.cursor().execute(
        "SELECT file_row_number, __problems "
        f"FROM read_parquet({path_literal(target / PROBLEMS)}, file_row_number = true) WHERE __problems IS NOT NULL"
    )
    while rows := found.fetchmany(10_000):
        for ordinal, problems in rows:
            yield Reject(
                source_row=line_at(located.breaks, ordinal),
                column_name=", ".join(problem["column_name"] for problem in problems),
                reason="; ".join(f"{problem['column_name']}: {problem['reason']}" for problem in problems),
                raw_text=located.wanted[ordinal].text,
            )


def _unsplit(connection: duckdb.DuckDBPyConnection, text: Path) -> list[Unsplit]:
    found = connection.execute(
        "SELECT line, line_byte_position, arg_min(column_name, coalesce(column_idx, 0)), "
        "arg_min(error_type::VARCHAR, coalesce(column_idx, 0)), "
        "arg_min(error_message, coalesce(column_idx, 0)), any_value(csv_line) "
        "FROM reject_errors GROUP BY ALL ORDER BY line_byte_position"
    ).fetchall()
    if not found:
        return []
    records = []
    with text.open("rb") as handle:
        for line, position, column, kind, message, content in found:
            offset = position - 1
            handle.seek(offset)
            while (byte := handle.read(1)) and byte in b"\r\n":
                offset += 1
            reason = _REASONS.get(kind, f"{kind.lower()} ({message})")
            reason += f" ({message})" if kind in _COUNTED else ""
            named = column if kind == "UNQUOTED VALUE" else None
            records.append(Unsplit(line, offset, named, reason, content or ""))
    return records


def _refuse_an_open_quote(file: SourceFile, text: Path, unsplit: list[Unsplit], scan: FileScan) -> None:
    for record in unsplit:
        to_the_end = record.offset + len(record.text.strip("\r\n").encode()) >= scan.size - len("\r\n")
        if "\n" in record.text.strip("\r\n") and to_the_end:
            raise UnreadableSourceError(
                f"{file.path}, line {line_at_byte(text, record.offset)}: a quote is opened and never closed, so the "
                "rest of the file cannot be told apart. Close it, or double a quote that is part of the text."
            )


def _unfit(connection: duckdb.DuckDBPyConnection, target: Path) -> tuple[int, int]:
    """Return how many records do not fit their types, and how many could not be split."""
    counted = connection.execute(
        f"SELECT count(*), (SELECT count(DISTINCT line) FROM reject_errors) FROM {_misfit_rows(target)}"
    ).fetchall()
    return counted[0]


def _misfit_rows(target: Path) -> str:
    return f"read_parquet({path_literal(target / PROBLEMS)}, file_row_number = true) WHERE __problems IS NOT NULL"


def _misfits(connection: duckdb.DuckDBPyConnection, target: Path) -> list[int]:
    """Return the ordinals of the records that do not fit their types."""
    found = connection.execute(f"SELECT file_row_number FROM {_misfit_rows(target)} ORDER BY 1").fetchall()
    return [ordinal for (ordinal,) in found]


def _refuse_other_fields(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, text: Path, table: SourceTable, records: int, columns: int
) -> None:
    """Raise `DriftError` if more than half of the records do not have the fields of the header."""
    found = connection.execute(
        "SELECT count(DISTINCT line), min(line_byte_position), arg_min(error_message, line_byte_position), "
        "arg_min(csv_line, line_byte_position) FROM reject_errors "
        f"WHERE error_type::VARCHAR IN ({', '.join(map(literal, sorted(_COUNTED)))})"
    ).fetchall()
    broken, position, message, line = found[0]
    if not mostly_unfit(records, broken):
        return
    others = [mark for mark in OTHER_DELIMITERS if mark != table.csv.delimiter and line.count(mark) == columns - 1]
    advice = "Correct the file, or the csv options and the columns in defs.yaml."
    if others:
        advice = another_delimiter(table, others[0]).replace("the", "The", 1)
    raise DriftError(
        f"{file.path}: {broken} of {records} lines do not have the {columns} fields of the "
        f"{'header' if table.csv.header else 'declared columns'}, first line {line_at_byte(text, position - 1)} "
        f"({message}). {advice} Until then the data landed before stays in use."
    )


def _listing(
    connection: duckdb.DuckDBPyConnection, located: Located, unsplit: list[Unsplit], split: int, target: Path
) -> str:
    """Return a query that gives (line, column_name, reason) of each misfit and each record that was not split."""
    connection.execute("CREATE OR REPLACE TEMP TABLE unsplit (line BIGINT, column_name VARCHAR, reason VARCHAR)")
    connection.execute(
        "INSERT INTO unsplit SELECT unnest($lines::BIGINT[]), unnest($columns::VARCHAR[]), unnest($reasons::VARCHAR[])",
        {
            "lines": [raw.line for raw in located.unsplit],
            "columns": [record.column_name for record in unsplit],
            "reasons": [record.reason for record in unsplit],
        },
    )
    misfits = f"(SELECT file_row_number, unnest(__problems) AS problem FROM {_misfit_rows(target)})"
    return (
        "SELECT file_row_number + __shift, problem.column_name, problem.reason "
        f"FROM {misfits} JOIN {shifts(located.breaks, split, target)} UNION ALL SELECT * FROM unsplit"
    )
