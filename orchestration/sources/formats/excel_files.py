"""Landing one sheet of an .xlsx workbook, through DuckDB's excel extension (the extra `excel`).

Every cell is read as text and typed by the declaration. A formula lands as the value that the spreadsheet program
stored with it; one without a stored value, an error and a value outside the header's columns put their row into
quarantine. source_row is the sheet's own row number. What the workbook says of itself belongs in `workbook`.
"""

import re
from pathlib import Path

import duckdb

from orchestration.sources.declaration.tables import SourceColumn, SourceTable
from orchestration.sources.errors import ConservationError, UnreadableSourceError, shortened
from orchestration.sources.extensions import load_extension
from orchestration.sources.formats.file_kinds import refuse_another_kind
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.formats.text_rows import TextRows, land_text_rows
from orchestration.sources.formats.workbook import Doubt, SheetScan, Workbook, letters, open_workbook
from orchestration.sources.formats.workbook_dates import moment, written_date
from orchestration.sources.rows.drift import check_names
from orchestration.sources.rows.reading import Reading, told
from orchestration.sources.rows.typed_values import PROBLEMS_TYPE, inexact_number
from orchestration.sources.sql import identifier, literal, path_literal

_SERIAL = r"'[0-9]+([.][0-9]+)?(E[+-]?[0-9]+)?'"
_NOISE = "1e-15"
"""Relative: what binary arithmetic leaves in the 16th and 17th digit of a cell."""


def read_excel_file(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path
) -> Reading:
    """Land one sheet into `target`; see `source_file.Reader`."""
    if not file.scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty. Export it again.")
    refuse_another_kind(file, table, file.path)
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
        _refuse_nameless(file, sheet, table.excel.header_row, scan, names)
        check_names(file.path, list(names.values()))
        _doubt_dates(scan, names, table)
        _read_cells(connection, file, sheet, table.excel.header_row, scan)
        _note_doubts(connection, scan, names)
        _note_dates(connection, scan, names, table)
        cells = {name: identifier(letters(column)) for column, name in names.items()}
        columns = {
            name: _as_written(cell, letters(column), table.columns.get(name), table, from_1904=book.from_1904)
            for (column, name), cell in zip(names.items(), cells.values(), strict=True)
        }
        raw = f"to_json({{{', '.join(f'{literal(name)}: {cell}' for name, cell in cells.items())}}})::VARCHAR"
        joined = "cells JOIN held USING (__n) LEFT JOIN doubts USING (__n) LEFT JOIN dates USING (__n)"
        source = f"(SELECT * FROM {joined} ORDER BY __n)"
        rows = TextRows(source, columns, "__n", raw, "__doubts")
        return land_text_rows(connection, file, table, target, rows, [], len(scan.rows), _warnings(scan, table))
    except duckdb.Error as error:
        raise UnreadableSourceError(
            f"{file.path}, sheet {sheet!r}: this cannot be read: {told(error)} Save the workbook again."
        ) from error


def _sheet(book: Workbook, table: SourceTable) -> str:
    wanted = table.excel.sheet
    there = ", ".join(f"{name!r}{' (hidden)' if name in book.hidden else ''}" for name in book.sheets)
    shown = [name for name in book.sheets if name not in book.hidden]
    if wanted is None and len(shown) == 1:
        return shown[0]
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


def _refuse_nameless(file: SourceFile, sheet: str, row: int, scan: SheetScan, names: dict[int, str]) -> None:
    """Raise `UnreadableSourceError` for a column without a name, such as one merged with its neighbour."""
    nameless = [letters(column) for column, name in names.items() if not name]
    if nameless:
        across = [cells for cells in scan.merged if _rows_of(cells)[0] <= row <= _rows_of(cells)[1]]
        merged = f" Cells {', '.join(across[:3])} are merged." if across else ""
        raise UnreadableSourceError(
            f"{file.path}, sheet {sheet!r}, row {row}: column {', '.join(nameless[:5])} has no name.{merged} Give each "
            "column of the table a name in a cell of its own."
        )


def _rows_of(cells: str) -> tuple[int, int]:
    """Return the first and the last row of a range such as A2:B6."""
    rows = [int(row) for row in re.findall(r"\d+", cells)] or [0]
    return rows[0], rows[-1]


def _warnings(scan: SheetScan, table: SourceTable) -> list[str]:
    """Return what a person at the spreadsheet sees and the rows do not say."""
    warnings = []
    below = [cells for cells in scan.merged if _rows_of(cells)[1] > table.excel.header_row]
    if below:
        warnings.append(
            f"cells {shortened(', '.join(below))} are merged; only the first cell of each range holds its value, the "
            "others land without one"
        )
    if scan.hidden:
        rows = "row is" if len(scan.hidden) == 1 else "rows are"
        warnings.append(f"{len(scan.hidden)} {rows} hidden in the sheet, the first is row {scan.hidden[0]}; all landed")
    return warnings


def _doubt_dates(scan: SheetScan, names: dict[int, str], table: SourceTable) -> None:
    """Doubt each cell that shows a date in a column of numbers: spreadsheets make a date of 1.5 or 3-4."""
    for column, rows in scan.dates.items():
        declared = table.columns.get(names.get(column, ""))
        if declared and (declared.scale is not None or declared.type in {"DOUBLE", "FLOAT"}):
            said = f"the cell shows a date, but the column is {declared.type}; type the number again as a number"
            scan.doubts += [Doubt(row, column, said) for row in rows]


def _note_dates(
    connection: duckdb.DuckDBPyConnection, scan: SheetScan, names: dict[int, str], table: SourceTable
) -> None:
    """Make the table `dates`: by row, the columns of text whose cell shows its number as a date."""
    of_text = {
        column: rows
        for column, rows in scan.dates.items()
        if (declared := table.columns.get(names.get(column, ""))) is None or declared.type == "VARCHAR"
    }
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE dates AS SELECT __n, list(column_letters) AS __dates FROM "
        "(SELECT unnest($rows::BIGINT[]) AS __n, unnest($columns::VARCHAR[]) AS column_letters) GROUP BY __n",
        {
            "rows": [row for rows in of_text.values() for row in rows],
            "columns": [letters(column) for column, rows in of_text.items() for _ in rows],
        },
    )


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


def _as_written(cell: str, column: str, declared: SourceColumn | None, table: SourceTable, *, from_1904: bool) -> str:
    """Return the cell's text as the declared type is written: a day's number as a date, a number without noise.

    In a column of text, a day's number is a date where the sheet shows one.

    Excel keeps 15 significant digits and writes 17; only what the last two add is taken away, and only where the
    text does not fit the type as it stands.
    """
    texts = table.texts
    if declared is None or declared.type == "VARCHAR":
        date = written_date(cell, None, None, from_1904=from_1904)
        return f"CASE WHEN list_contains(__dates, {literal(column)}) THEN {date} ELSE {cell} END"
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
    days = f"TRY_CAST({cell} AS DOUBLE)"
    if declared.type == "DATE":
        written = written_date(cell, texts.date_format, "%Y-%m-%d %H:%M:%S.%f", from_1904=from_1904)
    else:
        time = moment(cell, from_1904=from_1904)
        written = f"strftime({time}, {literal(texts.timestamp_format or '%Y-%m-%d %H:%M:%S.%f')})"
    sound = f"regexp_full_match({cell}, {_SERIAL}) AND {days} < 2958466"
    sound += "" if from_1904 else f" AND {days} >= 1 AND floor({days}) <> 60"
    return f"CASE WHEN {sound} THEN {written} ELSE {cell} END"
