"""The bad inputs that are generated: large, binary, or no ordinary files. The others stand as text in the tables.

Each function writes one input to the path given; a table names it with `made: <function>`.
"""

import datetime
import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

HEADER = "id,name,amount,posted\n"
ROWS = "".join(f"{number},item,1.50,2014-01-31\n" for number in range(1, 6))
_MEGABYTE = 1_000_000
_SHEET_HEADER = ("id", "name", "amount", "posted")
_A_DAY = datetime.date(2014, 1, 31)
_SHEET_ROW = (1, "item", 1.5, _A_DAY)


def folder_in_place_of_a_file(path: Path) -> None:
    path.mkdir()


def link_out_of_the_folder(path: Path) -> None:
    path.symlink_to(__file__)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.with_name("gone.csv"))


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def pipe_in_place_of_a_file(path: Path) -> None:
    os.mkfifo(path)


def name_that_is_not_unicode(path: Path) -> None:
    Path(os.fsdecode(os.fsencode(path.with_suffix("")) + b"\xff.csv")).write_text(HEADER + ROWS)


def nothing_at_all(path: Path) -> None:
    path.with_name("legder.csv").write_text(HEADER + ROWS)


def zip_bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for _ in range(400):
            packed.write(b"0" * _MEGABYTE)


def gzip_that_breaks_off(path: Path) -> None:
    path.write_bytes(gzip.compress((HEADER + ROWS).encode(), mtime=0)[:-9])


def gzip_without_its_ending(path: Path) -> None:
    path.write_bytes(gzip.compress((HEADER + ROWS).encode(), mtime=0))


def field_of_100_mb(path: Path) -> None:
    path.write_text(f"{HEADER}{ROWS}6,{'x' * 100 * _MEGABYTE},1,\n7,b,1,\n")


def field_of_100_mb_in_quotes(path: Path) -> None:
    lines = ("x" * 99 + "\n") * _MEGABYTE
    path.write_text(f'{HEADER}{ROWS}6,"{lines}",1,\n7,b,1,\n')


def document_of_100_mb_in_quotes(path: Path) -> None:
    lines = '{""id"": 1, ""name"": ""item"", ""amount"": 1.50}\n' * (2 * _MEGABYTE)
    path.write_text(f'{HEADER}{ROWS}6,"{lines}",1,\n7,b,1,\n')


def quote_open_for_100_mb(path: Path) -> None:
    path.write_text(f'{HEADER}{ROWS}6,"5 pipe,1,\n' + "7,item,1.50,2014-01-31\n" * (4 * _MEGABYTE))


def quote_open_in_the_header(path: Path) -> None:
    path.write_text('id,"name,amount,posted\n' + ROWS * 200_000)


def line_of_100_mb(path: Path) -> None:
    path.write_text("x" * 100 * _MEGABYTE)


def json_text_of_100_mb(path: Path) -> None:
    path.write_text(f'[{{"id": 1, "name": "a"}},\n{{"id": 2, "name": "{"x" * 100 * _MEGABYTE}"}}]')


def json_line_of_100_mb(path: Path) -> None:
    good = '{"id": 1, "name": "a"}\n'
    path.write_text(f'{good}{{"id": 2, "name": "{"x" * 100 * _MEGABYTE}"}}\n{good}{good}')


def json_in_utf_16(path: Path) -> None:
    path.write_bytes('[{"id": 1}]'.encode("utf-16"))


def json_nested_too_deeply(path: Path) -> None:
    path.write_text('[{"id": 1}, ' + '{"a": ' * 100_000 + "1" + "}" * 100_000 + "]")


def sheet_with_formulas(path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        _write(sheet, [_SHEET_HEADER, _SHEET_ROW, _SHEET_ROW, (2, "b"), (3, "c"), (4, "d")])
        sheet.write_formula("C4", "=1+1.5", None, 2.5)
        sheet.write_formula("C5", "=A5*9", None, 27)
        sheet.write_formula("C6", "=1/0", None, "#DIV/0!")

    _workbook(path, fill, ("<f>A5*9</f><v>27</v>", "<f>A5*9</f>"))


def sheet_with_bad_cells(path: Path) -> None:
    rows = [(2, "b", "1.234,56", None), (3, "c", 1, "31.02.2014"), (4, "d", _A_DAY, None), (5, "e", 1, None, "beside")]
    _workbook(path, lambda sheet: _write(sheet, [_SHEET_HEADER, *[_SHEET_ROW] * 4, *rows]))


def sheet_with_undeclared_dates(path: Path) -> None:
    due = datetime.datetime(2014, 2, 1, 10, 5)  # noqa: DTZ001 (Excel knows no zones)
    rows = [(*_SHEET_HEADER, "due", "seen at"), (*_SHEET_ROW, _A_DAY, due), (1, _A_DAY, 1.5, _A_DAY, "soon", 7)]
    _workbook(path, lambda sheet: _write(sheet, rows))


def sheet_with_merged_header(path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.merge_range("A1:B1", "id")
        sheet.write_row("C1", ["amount", "posted"])

    _workbook(path, fill)


def sheet_with_merged_and_hidden_rows(path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        _write(sheet, [_SHEET_HEADER, *[(1, None, 1.5)] * 3])
        sheet.merge_range("B2:B4", "North")
        sheet.set_row(2, None, None, {"hidden": True})

    _workbook(path, fill)


def sheet_beside_a_hidden_one(path: Path) -> None:
    _workbook(path, lambda sheet: _write(sheet, [_SHEET_HEADER, _SHEET_ROW]), hidden=["Lists"])


def two_sheets_beside_a_hidden_one(path: Path) -> None:
    _workbook(path, lambda sheet: _write(sheet, [_SHEET_HEADER, _SHEET_ROW]), shown=["Notes"], hidden=["Lists"])


def sheet_without_its_last_bytes(path: Path) -> None:
    sheet_beside_a_hidden_one(path)
    path.write_bytes(path.read_bytes()[:-40])


def sheet_with_duplicate_header(path: Path) -> None:
    _workbook(path, lambda sheet: _write(sheet, [("id", "name", "amount", "posted", "Name"), _SHEET_ROW]))


def sheet_with_header_only(path: Path) -> None:
    _workbook(path, lambda sheet: _write(sheet, [_SHEET_HEADER]))


def sheet_without_a_cell(path: Path) -> None:
    _workbook(path, lambda _: None)


def sheet_with_a_cell_of_100_mb(path: Path) -> None:
    text = random.Random(1).randbytes(50 * _MEGABYTE).hex()  # noqa: S311 (it must only not compress well)
    _workbook(path, lambda sheet: _write(sheet, [_SHEET_HEADER, _SHEET_ROW]), ("<t>item</t>", f"<t>{text}</t>"))


def sheet_that_swells(path: Path) -> None:
    swell = ("<sheetData>", "<sheetData>" + " " * (60 * _MEGABYTE))
    _workbook(path, lambda sheet: _write(sheet, [_SHEET_HEADER, _SHEET_ROW]), swell)


def zip_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ledger.csv", HEADER + ROWS)


def old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def parquet(query: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")

    return write


parquet_without_rows = parquet("SELECT 1 AS id WHERE false")
parquet_with_nested_columns = parquet("SELECT 1 AS id, {'code': 'a', 'qty': [1, 2]} AS line, [1, 2] AS tags")
parquet_with_a_fraction = parquet("SELECT unnest([1.5, 2.239, 3.5, 4.25]) AS id")
parquet_with_another_column = parquet("SELECT 1 AS ident")


def parquet_that_breaks_off(path: Path) -> None:
    parquet("SELECT unnest(range(1000)) AS id")(path)
    path.write_bytes(path.read_bytes()[:-20])


def parquet_with_damaged_pages(path: Path) -> None:
    parquet("SELECT id, 'item ' || id AS name FROM range(100_000) rows(id)")(path)
    content = bytearray(path.read_bytes())
    content[5000:6000] = b"\xff" * 1000
    path.write_bytes(content)


def _write(sheet: Worksheet, rows: Sequence[Sequence[object]]) -> None:
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(number, column, cell)


def _workbook(
    path: Path,
    fill: Callable[[Worksheet], None],
    replaced: tuple[str, str] = ("", ""),
    shown: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> None:
    """Write a workbook whose first sheet is filled; `replaced` changes its XML afterwards, as no program would."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"default_date_format": "yyyy-mm-dd"}) as book:
        fill(book.add_worksheet("Ledger"))
        for name in shown:
            book.add_worksheet(name)
        for name in hidden:
            book.add_worksheet(name).hide()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            if part in {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"} and replaced[0]:
                text = text.replace(replaced[0].encode(), replaced[1].encode())
            new.writestr(part, text)
