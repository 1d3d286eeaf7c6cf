"""A sheet lands with its own row numbers; cells without a value to be trusted put their row into quarantine."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.integration.landing_files import land, left_over, rejects, rows

COLUMNS = {"id": "INTEGER", "amount": "DECIMAL(18,2)", "posted": "DATE"}
HEADER = ["id", "amount", "posted"]
ROW = [1, 2.5, date(2014, 1, 31)]


def workbook(
    sheet: Sequence[Sequence[Any]], name: str = "Ledger", replace: tuple[str, str] = ("", ""), **options: Any
) -> bytes:
    """Write a real workbook of two sheets; `replace` changes the first sheet's XML afterwards."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"default_date_format": "yyyy-mm-dd", **options}) as book:
        first = book.add_worksheet(name)
        book.add_worksheet("Notes")
        for number, cells in enumerate(sheet):
            for column, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    first.write_formula(number, column, cell[0], None, cell[1])
                elif cell is not None:
                    first.write(number, column, cell)
    changed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            if part == "xl/worksheets/sheet1.xml" and replace[0]:
                assert replace[0].encode() in text
                text = text.replace(replace[0].encode(), replace[1].encode())
            new.writestr(part, text)
    return changed.getvalue()


def land_sheet(folder: Path, content: bytes, columns: dict[str, Any] = COLUMNS, **excel: Any) -> Any:
    said = {"sheet": "Ledger", **excel}
    return land(folder, "a.xlsx", content, "excel", columns=columns, excel=said)


@pytest.mark.parametrize("date_1904", [False, True])
def test_a_sheet_lands_with_its_row_numbers_and_types(tmp_path: Path, date_1904: bool) -> None:
    sheet = [
        ["Ledger of 2014"],
        [],
        ["id", "amount", "posted", "name", "at"],
        [1, 1.1, date(2014, 1, 31), "007", datetime(2014, 1, 31, 10, 5, 6)],  # noqa: DTZ001 (Excel knows no zones)
        [],
        [12345678, 1234567.89, "2014-02-01", " two\nlines"],
    ]
    content = workbook(sheet, date_1904=date_1904)
    (batch,) = land_sheet(tmp_path, content, {**COLUMNS, "name": "VARCHAR", "at": "TIMESTAMP"}, header_row=3).current
    assert rows(tmp_path, batch, 'id, amount::VARCHAR, posted::VARCHAR, name, "at"::VARCHAR, source_row') == [
        (1, "1.10", "2014-01-31", "007", "2014-01-31 10:05:06", 4),
        (12345678, "1234567.89", "2014-02-01", " two\nlines", None, 6),
    ]
    assert left_over(tmp_path) == []


def test_a_formula_lands_as_its_stored_value_and_without_one_is_quarantined(tmp_path: Path) -> None:
    sheet = [HEADER, [1, ("=1+1", 2), None], [2, ("=A2*9", 9), None], [3, 1, None], [4, 1, None]]
    content = workbook(sheet, replace=("<f>A2*9</f><v>9</v>", "<f>A2*9</f>"))
    (batch,) = land_sheet(tmp_path, content).current
    assert rows(tmp_path, batch, "id, amount::VARCHAR, source_row") == [(1, "2.00", 2), (3, "1.00", 4), (4, "1.00", 5)]
    ((row, column, reason, text),) = rejects(tmp_path, batch)
    assert (row, column) == (3, "amount")
    assert "formula without its value" in reason
    assert '"id":"2"' in text


def test_errors_misfits_and_values_beside_the_table_are_quarantined(tmp_path: Path) -> None:
    sheet = [
        HEADER,
        ROW,
        [2, ("=1/0", "#DIV/0!")],
        [3, 1.239],
        [4, 1, None, "beside"],
        ["x", 1],
        [],
        ROW,
        ROW,
        ROW,
        ROW,
    ]
    (batch,) = land_sheet(tmp_path, workbook(sheet)).current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (9, 5, 4)
    found = rejects(tmp_path, batch)
    assert [(row, column) for row, column, *_ in found] == [(3, "amount"), (4, "amount"), (5, "D"), (6, "id")]
    said = ["#DIV/0!", "1.239", "header names none", '"x" does not fit']
    assert [text in reason for text, (*_, reason, _) in zip(said, found, strict=True)] == [True] * 4


def test_an_error_is_no_text_either(tmp_path: Path) -> None:
    sheet = [["id", "name"], [1, None], [2, ("=NA()", "#N/A")], [3, "c"]]
    (batch,) = land_sheet(tmp_path, workbook(sheet), {"id": "INTEGER", "name": "VARCHAR"}).current
    assert rows(tmp_path, batch, "id, name, source_row") == [(1, None, 2), (3, "c", 4)]
    assert [(row, column) for row, column, *_ in rejects(tmp_path, batch)] == [(3, "name")]


def test_the_noise_of_binary_numbers_is_not_a_cent(tmp_path: Path) -> None:
    stored = ["1.1000000000000001", "0.30000000000000004", "1E-2", "12345678901234567", "1.2390000000000001", "7"]
    sheet = [["amount"], *[[n + 1000] for n in range(6)], *[[1]] * 4]
    content = workbook(sheet)
    for n, text in enumerate(stored):
        old = io.BytesIO(content)
        with zipfile.ZipFile(old) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        sheet1 = "xl/worksheets/sheet1.xml"
        parts[sheet1] = parts[sheet1].replace(f"<v>{n + 1000}</v>".encode(), f"<v>{text}</v>".encode())
        new = io.BytesIO()
        with zipfile.ZipFile(new, "w") as book:
            for name, part in parts.items():
                book.writestr(name, part)
        content = new.getvalue()
    (batch,) = land_sheet(tmp_path, content, {"amount": "DECIMAL(20,2)"}).current
    landed = [amount for (amount,) in rows(tmp_path, batch, "amount::VARCHAR")]
    assert landed[:5] == ["1.10", "0.30", "0.01", "12345678901234567.00", "7.00"]
    assert [row for row, *_ in rejects(tmp_path, batch)] == [6]


def test_a_header_alone_lands_no_rows_and_says_so(tmp_path: Path) -> None:
    result = land_sheet(tmp_path, workbook([HEADER]))
    assert result.row_count == 0
    assert result.warnings == ["a.xlsx: the file has no rows"]
