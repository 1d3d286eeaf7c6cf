"""Landing one sheet of an .xlsx workbook, through DuckDB's excel extension (the extra `excel`).

Every cell is read as text and typed by the declaration. A formula lands as the value that the spreadsheet program
stored with it; one without a stored value, an error and a value outside the header's columns put their row into
quarantine. source_row is the sheet's own row number. What the workbook says of itself belongs in `workbook`.
"""

from pathlib import Path

import duckdb

from orchestration.sources.declaration import SourceColumn, SourceTable
from orchestration.sources.drift import check_names
from orchestration.sources.errors import ConservationError, UnreadableSourceError
from orchestration.sources.extensions import load_extension
from orchestration.sources.reading import Reading, SourceFile, path_literal
from orchestration.sources.text_rows import TextRows, land_text_rows
from orchestration.sources.typed_values import PROBLEMS_TYPE, identifier, inexact_number, literal
from orchestration.sources.workbook import SheetScan, Workbook, letters, open_workbook

_SERIAL = r"'[0-9]+([.][0-9]+)?(E[+-]?[0-9]+)?'"
_NOISE = "1e-15"
"""Relative: what binary arithmetic leaves in the 16th and 17th digit of a cell."""


def read_excel_file(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path
) -> Reading:
    """Land one sheet into `target`; see `reading.Reader`."""
    if not file.scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty. Export it again.")
    load_extension(connection, "excel", extra="excel", wanted_by=f"{file.path}: a workbook")
    book = open_workbook(file.path, table.unpacking)
    sheet = _sheet(book, table)
    scan = book.scan(sheet, table.excel.header_row)
    if not scan.header:
        raise UnreadableSourceError(
            f"{file.path}, sheet {sheet!r}: row {table.excel.header_row} is empty; it must be the header. "
            "Say which row names the columns: excel.header_row in defs.yaml."
        )
    try:
        names = _header(connection, file, sheet, table.excel.header_row, scan)
        check_names(file.path, list(names.values()))
        _read_cells(connection, file, sheet, table.excel.header_row, scan)
        _note_doubts(connection, scan, names)
        cells = {name: identifier(letters(column)) for column, name in names.items()}
        columns = {
            name: _as_written(cell, table.columns.get(name), table, from_1904=book.from_1904)
            for name, cell in cells.items()
        }
        raw = f"to_json({{{', '.join(f'{literal(name)}: {cell}' for name, cell in cells.items())}}})::VARCHAR"
        source = "(SELECT * FROM cells JOIN held USING (__n) LEFT JOIN doubts USING (__n) ORDER BY __n)"
        rows = TextRows(source, columns, "__n", raw, "__doubts")
        return land_text_rows(connection, file, table, target, rows, [], len(scan.rows))
    except duckdb.Error as error:
        raise UnreadableSourceError(
            f"{file.path}, sheet {sheet!r}: this cannot be read: {str(error).splitlines()[0]} Save the workbook again."
        ) from error


def _sheet(book: Workbook, table: SourceTable) -> str:
    wanted = table.excel.sheet
    there = ", ".join(map(repr, book.sheets))
    if wanted is None and len(book.sheets) == 1:
        return next(iter(book.sheets))
    if wanted is None:
        raise UnreadableSourceError(
            f"{book.path}: the workbook has several sheets: {there}. Name one: excel.sheet in defs.yaml."
        )
    if wanted not in book.sheets:
        raise UnreadableSourceError(
            f"{book.path}: there is no sheet {wanted!r}; there are: {there}. Correct excel.sheet in defs.yaml."
        )
    return wanted


def _cells(file: SourceFile, sheet: str, scan: SheetScan, first: int, last: int) -> str:
    corners = f"{letters(scan.header[0])}{first}:{letters(scan.header[-1])}{last}"
    return (
        f"read_xlsx({path_literal(file.path)}, sheet = {literal(sheet)}, range = '{corners}', all_varchar = true, "
        "header = false, stop_at_empty = false)"
    )


def _header(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, sheet: str, row: int, scan: SheetScan
) -> dict[int, str]:
    """Return the name of each column by its number."""
    found = connection.execute(f"SELECT * FROM {_cells(file, sheet, scan, row, row)}").fetchone() or ()
    return {scan.header[0] + place: (name or "").strip() for place, name in enumerate(found)}


def _read_cells(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, sheet: str, header_row: int, scan: SheetScan
) -> None:
    """Make the tables `cells`, every row below the header as text, and `held`, the rows that hold anything."""
    if scan.rows:
        below = _cells(file, sheet, scan, header_row + 1, scan.rows[-1])
    else:
        columns = range(scan.header[0], scan.header[-1] + 1)
        below = f"(SELECT {', '.join(f'NULL::VARCHAR AS {identifier(letters(n))}' for n in columns)} WHERE false)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT row_number() OVER () + {header_row} AS __n, * FROM {below}"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE held AS SELECT unnest($rows::BIGINT[]) AS __n", {"rows": scan.rows}
    )
    strays = connection.execute(
        "SELECT min(__n) FROM (SELECT __n, unnest([*COLUMNS(* EXCLUDE __n)]) AS cell FROM cells) "
        "WHERE cell IS NOT NULL AND __n NOT IN (SELECT __n FROM held)"
    ).fetchone()
    if strays and strays[0] is not None:
        raise ConservationError(
            f"{file.path}, sheet {sheet!r}: row {strays[0]} was read, but the sheet does not count it among its rows. "
            "Nothing was landed; save the workbook again."
        )


def _note_doubts(connection: duckdb.DuckDBPyConnection, scan: SheetScan, names: dict[int, str]) -> None:
    """Make the table `doubts`: by row, the cells without a value to be trusted."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE doubts AS "
        f"SELECT __n, list({{'column_name': name, 'reason': reason}} ORDER BY name)::{PROBLEMS_TYPE} AS __doubts "
        "FROM (SELECT unnest($rows::BIGINT[]) AS __n, unnest($names::VARCHAR[]) AS name, "
        "unnest($reasons::VARCHAR[]) AS reason) GROUP BY __n",
        {
            "rows": [doubt.row for doubt in scan.doubts],
            "names": [names.get(doubt.column, letters(doubt.column)) for doubt in scan.doubts],
            "reasons": [doubt.reason for doubt in scan.doubts],
        },
    )


def _as_written(cell: str, declared: SourceColumn | None, table: SourceTable, *, from_1904: bool) -> str:
    """Return the cell's text as the declared type is written: a day's number as a date, a number without noise.

    Excel keeps 15 significant digits and writes 17; only what the last two add is taken away, and only where the
    text does not fit the type as it stands.
    """
    if declared is None:
        return cell
    if declared.scale is not None:
        number = f"TRY_CAST({cell} AS DOUBLE)"
        nearest = f"TRY_CAST({number} AS {declared.type})"
        digits = f"length(ltrim(regexp_replace({cell}, 'E.*|[^0-9]', '', 'g'), '0'))"
        noisy = (
            f"{inexact_number(cell, declared.scale)} AND ({digits} BETWEEN 16 AND 17 OR contains({cell}, 'E')) "
            f"AND abs({nearest}::DOUBLE - {number}) <= {_NOISE} * abs({number})"
        )
        return f"CASE WHEN {noisy} THEN {nearest}::VARCHAR ELSE {cell} END"
    if declared.type not in {"DATE", "TIMESTAMP"}:
        return cell
    texts = table.texts
    days = f"TRY_CAST({cell} AS DOUBLE)"
    # 1900 was no leap year, but Excel counts its 29 February as day 60.
    start = "TIMESTAMP '1904-01-01'" if from_1904 else f"(TIMESTAMP '1899-12-30' + to_days(({days} < 60)::INTEGER))"
    moment = f"({start} + to_milliseconds(round({days} * 86400000)::BIGINT))"
    whole = f"{days} = floor({days})"
    written = f"strftime({moment}, {literal(texts.timestamp_format or '%Y-%m-%d %H:%M:%S.%f')})"
    if declared.type == "DATE":
        day = f"strftime({moment}, {literal(texts.date_format or '%Y-%m-%d')})"
        written = f"CASE WHEN {whole} THEN {day} ELSE strftime({moment}, '%Y-%m-%d %H:%M:%S.%f') END"
    sound = f"regexp_full_match({cell}, {_SERIAL}) AND {days} < 2958466"
    sound += "" if from_1904 else f" AND {days} >= 1 AND floor({days}) <> 60"
    return f"CASE WHEN {sound} THEN {written} ELSE {cell} END"
