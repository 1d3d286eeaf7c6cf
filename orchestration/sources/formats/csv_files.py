"""Landing a delimited text file: every field is read as text, then as its declared type, strictly.

One pass writes the sound rows to data.parquet. If they are as many as the physical lines, which were counted while
hashing, every line is a sound row, and its number follows from its place. Otherwise a second pass finds what does not
fit, and the sound rows get their source_row: the physical line on which the record begins. What could not be split,
does not fit or has no key of its own goes to quarantine with its line and raw text. Where records stand in the file
belongs in `csv_lines`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import ConservationError, DriftError, SourceError, UnreadableSourceError, shortened
from orchestration.sources.formats.csv_limits import line_at_byte, refuse_overlong_records, without_nul
from orchestration.sources.formats.csv_lines import (
    Located,
    line_at,
    locate_by_line,
    locate_by_record,
    raw_texts,
    read_header,
    without,
)
from orchestration.sources.formats.plain_text import PlainText, forget, plain_text
from orchestration.sources.formats.source_file import FileScan, SourceFile
from orchestration.sources.lake.raw_lake import DATA_FILE, LandedColumn, landed_rows
from orchestration.sources.rows.drift import against_declaration, check_names, refuse_long_names
from orchestration.sources.rows.keys import (
    check_keys,
    keys_increase,
    quarantine_unkeyed,
    unkeyed_lines,
    unkeyed_rejects,
)
from orchestration.sources.rows.reading import (
    PARQUET,
    Reading,
    Reject,
    mostly_unfit,
    refuse_if_mostly_unfit,
    told,
    without_optimizer,
    write_rejects,
    write_sound_rows,
)
from orchestration.sources.rows.typed_values import TypedColumn, typed_columns, typed_rows
from orchestration.sources.sql import literal, path_literal

_PROBLEMS = "problems.parquet"
_NUMBERED = "numbered.parquet"
_BREAKS = "breaks.csv"
_STRETCH = 64
"""Records that are looked up among the same breaks."""
_OTHER_DELIMITERS = ",;\t|:^~"
_REASONS = {
    "MISSING COLUMNS": "the line has too few fields",
    "TOO MANY COLUMNS": "the line has too many fields",
    "UNQUOTED VALUE": "quotes do not match: one within a quoted field is not doubled, or one is never closed",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
    "INVALID ENCODING": "bytes are not valid text in the declared encoding",
}
_COUNTED = frozenset({"MISSING COLUMNS", "TOO MANY COLUMNS"})


@dataclass(frozen=True)
class _Unsplit:
    """A record that DuckDB could not split into fields."""

    line: int
    offset: int
    column_name: str | None
    reason: str
    text: str


def read_csv_file(connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path) -> Reading:
    """Land one delimited text file into `target`; see `source_file.Reader`."""
    try:
        plain = plain_text(file, table, target, table.csv.encoding)
    except SourceError:
        forget(target)
        raise
    try:
        refuse_overlong_records(file.path, plain.path, table.csv)
        names, header_lines = _column_names(file, plain, table)
        warnings = [*plain.warnings, *against_declaration(file.path, names, table)]
        check_keys(file.path, names, table)
        columns = typed_columns([(name, "VARCHAR") for name in names], table.columns, table.csv)
        if plain.scan.holds_nul:
            columns = [without_nul(column) for column in columns]
        _forget_unsplit(connection)
        sound = write_sound_rows(connection, columns, _fields(plain.path, table.csv, columns), target / DATA_FILE)
        located, unsplit = Located(sound, breaks=[(0, header_lines + 1)]), list[_Unsplit]()
        if sound != plain.scan.lines - header_lines:
            located, unsplit = _locate(connection, file, plain, table, columns, header_lines, target)
            _check_conservation(file, located, sound, len(unsplit), table)
        keys_increase_as_written = keys_increase(connection, landed_rows(target / DATA_FILE, 1), table.keys)
        first_row = _number(connection, without(located.breaks, sorted(located.wanted)), sound, target)
        rows = landed_rows(target / DATA_FILE, first_row)
        unkeyed = 0
        if not keys_increase_as_written:  # numbering keeps no order
            unkeyed = quarantine_unkeyed(connection, file, table, rows, located.records, target)
        rows_quarantined = 0
        if sound - unkeyed != located.records:
            rejects = _rejects(connection, located, unsplit, target)
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
        for left in (_PROBLEMS, _BREAKS):
            (target / left).unlink(missing_ok=True)
    landed = tuple(
        LandedColumn(name=name, type=declared.type if (declared := table.columns.get(name)) else "VARCHAR")
        for name in names
    )
    return Reading(landed, located.records, sound - unkeyed, rows_quarantined, tuple(warnings), first_row=first_row)


def _column_names(file: SourceFile, text: PlainText, table: SourceTable) -> tuple[list[str], int]:
    if not text.scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty, not even a header. Export it again.")
    if not table.csv.header:
        return list(table.columns), 0
    try:
        names, lines = read_header(text.path, table.csv)
    except csv.Error as error:
        raise UnreadableSourceError(
            f"{file.path}, line 1: a carriage return stands in the header, outside of quotes. Take it away, or put the "
            "name in quotes."
        ) from error
    except UnicodeDecodeError as error:
        raise UnreadableSourceError(
            f"{file.path}, line 1: the byte 0x{error.object[error.start]:02x} in the header is no text in "
            f"{table.csv.encoding}. Declare the encoding the file has (csv.encoding in defs.yaml), or export it as "
            "UTF-8."
        ) from error
    if any("\0" in name for name in names):
        raise UnreadableSourceError(
            f"{file.path}, line 1: the header holds NUL bytes, so this is no text in {table.csv.encoding}. If it is "
            "UTF-16, say csv.encoding: utf-16 in defs.yaml; else export it again."
        )
    if not any(name.strip() for name in names):
        raise UnreadableSourceError(f"{file.path}: line 1 is empty; it must be the header.")
    _refuse_another_delimiter(file, text.path, names, table)
    refuse_long_names(file.path, names)
    check_names(file.path, names)
    return names, lines


def _refuse_another_delimiter(file: SourceFile, text: Path, names: list[str], table: SourceTable) -> None:
    """Raise `DriftError` if another delimiter finds more of the declared columns, or splits a header of one column."""
    declared = set(table.columns)
    best, looks_like = len(declared.intersection(names)), None
    for mark in _OTHER_DELIMITERS.replace(table.csv.delimiter, ""):
        if mark not in "".join(names):
            continue
        found = read_header(text, table.csv.model_copy(update={"delimiter": mark}))[0]
        known = len(declared.intersection(found))
        if known > best or (not declared and len(names) == 1 and len(found) > 1):
            best, looks_like = known, looks_like if not declared and looks_like else mark
    if looks_like:
        raise DriftError(
            f"{file.path}, line 1: {_another_delimiter(table, looks_like)} The header is: {shortened(', '.join(names))}"
        )


def _another_delimiter(table: SourceTable, looks_like: str) -> str:
    return (
        f"the delimiter is declared as {table.csv.delimiter!r} and looks like {looks_like!r}; "
        "correct csv.delimiter in defs.yaml."
    )


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


def _forget_unsplit(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def _locate(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    plain: PlainText,
    table: SourceTable,
    columns: Sequence[TypedColumn],
    header_lines: int,
    target: Path,
) -> tuple[Located, list[_Unsplit]]:
    """Read the file again for what is not sound in it, and find where all records stand."""
    _forget_unsplit(connection)
    typed = typed_rows(columns, _fields(plain.path, table.csv, columns))
    # A field that is not read is not checked either: the encoding of a text, for example.
    with without_optimizer(connection, "unused_columns"):
        written = connection.execute(
            f"COPY (SELECT __problems FROM ({typed})) TO {literal(str(target / _PROBLEMS))} (FORMAT parquet)"
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


def _check_conservation(file: SourceFile, located: Located, sound: int, unsplit: int, table: SourceTable) -> None:
    misfits = len(located.wanted)
    if located.records == sound + misfits + unsplit and len(located.unsplit) == unsplit:
        return
    raise ConservationError(
        f"{file.path}: the file holds {located.records} records, but {sound + misfits} could be split into fields and "
        f"{unsplit} could not. Nothing was landed. Quotes are most likely broken: look for a single {table.csv.quote}."
    )


def _unsplit(connection: duckdb.DuckDBPyConnection, text: Path) -> list[_Unsplit]:
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
            records.append(_Unsplit(line, offset, named, reason, content or ""))
    return records


def _refuse_an_open_quote(file: SourceFile, text: Path, unsplit: list[_Unsplit], scan: FileScan) -> None:
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
    return f"read_parquet({path_literal(target / _PROBLEMS)}, file_row_number = true) WHERE __problems IS NOT NULL"


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
    others = [mark for mark in _OTHER_DELIMITERS if mark != table.csv.delimiter and line.count(mark) == columns - 1]
    advice = "Correct the file, or the csv options and the columns in defs.yaml."
    if others:
        advice = _another_delimiter(table, others[0]).replace("the", "The", 1)
    raise DriftError(
        f"{file.path}: {broken} of {records} lines do not have the {columns} fields of the "
        f"{'header' if table.csv.header else 'declared columns'}, first line {line_at_byte(text, position - 1)} "
        f"({message}). {advice} Until then the data landed before stays in use."
    )


def _listing(
    connection: duckdb.DuckDBPyConnection, located: Located, unsplit: list[_Unsplit], split: int, target: Path
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
        f"FROM {misfits} JOIN {_shifts(located.breaks, split, target)} UNION ALL SELECT * FROM unsplit"
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
        f"JOIN {_shifts(breaks, sound, target)}) TO {literal(str(target / _NUMBERED))} {PARQUET}"
    )
    (target / _NUMBERED).replace(target / DATA_FILE)
    return None


def _shifts(breaks: Sequence[tuple[int, int]], records: int, target: Path) -> str:
    """Return what a query joins to get, for each file_row_number below `records`, its line: it and `__shift` more."""
    with (target / _BREAKS).open("w", encoding="ascii") as handle:
        handle.writelines(f"{ordinal},{line}\n" for ordinal, line in breaks)
    # A join on ranges alone would sort all rows; with an equal part beside them they are looked up.
    return (
        "(SELECT __from, __until, __line - __from AS __shift, "
        f"unnest(range(__from // {_STRETCH}, (__until - 1) // {_STRETCH} + 1)) AS __stretch FROM ("
        f"SELECT __from, __line, coalesce(lead(__from) OVER (ORDER BY __from), {records}) AS __until "
        f"FROM read_csv({path_literal(target / _BREAKS)}, auto_detect = false, header = false, delim = ',', "
        "columns = {'__from': 'BIGINT', '__line': 'BIGINT'}))) "
        f"ON file_row_number // {_STRETCH} = __stretch AND file_row_number >= __from AND file_row_number < __until"
    )


def _rejects(
    connection: duckdb.DuckDBPyConnection, located: Located, unsplit: list[_Unsplit], target: Path
) -> Iterator[Reject]:
    """Yield the rejects.

    First the records that could not be split, then those that do not fit, each in order of line.
    """
    for record, raw in zip(unsplit, located.unsplit, strict=True):
        yield Reject(raw.line, record.column_name, record.reason, raw.text)
    if not located.wanted:
        return
    found = connection.cursor().execute(
        "SELECT file_row_number, __problems "
        f"FROM read_parquet({path_literal(target / _PROBLEMS)}, file_row_number = true) WHERE __problems IS NOT NULL"
    )
    while rows := found.fetchmany(10_000):
        for ordinal, problems in rows:
            yield Reject(
                source_row=line_at(located.breaks, ordinal),
                column_name=", ".join(problem["column_name"] for problem in problems),
                reason="; ".join(f"{problem['column_name']}: {problem['reason']}" for problem in problems),
                raw_text=located.wanted[ordinal].text,
            )


def _in_words(file: SourceFile, scan: FileScan, error: duckdb.Error) -> str:
    if "invalid state" in str(error) and 0 < scan.carriage_returns < scan.newlines:
        return (
            f"{file.path}: line ends are mixed: there are {scan.newlines} \\n, "
            f"of which at most {scan.carriage_returns} follow a \\r. "
            "Write the file with one kind of line end, and quote fields that hold one."
        )
    return f"{file.path}: this cannot be read as delimited text: {told(error)} Check the csv options in defs.yaml."
