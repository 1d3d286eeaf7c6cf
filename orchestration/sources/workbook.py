"""What an .xlsx workbook says of itself: its sheets, and a sheet's rows and doubtful cells, read from its XML.

DuckDB reads the values (`excel_files`); it does not say which rows there are, nor that a cell held a formula without
a value or an error. This is the count that rows are held against.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.options import Unpacking
from orchestration.sources.plain_text import refuse_if_swollen

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True)
class Doubt:
    """A cell that has no value to be trusted."""

    row: int
    column: int
    reason: str


@dataclass
class SheetScan:
    """A sheet's cells from its header on; rows and columns count from 1."""

    header: list[int] = field(default_factory=list)
    """Columns of the header's cells."""
    rows: list[int] = field(default_factory=list)
    """Rows below the header that hold anything."""
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True)
class Workbook:
    """An opened workbook: sheet names with their parts, and whether its days count from 1904."""

    path: Path
    sheets: dict[str, str]
    from_1904: bool

    def scan(self, sheet: str, header_row: int) -> SheetScan:
        """Read a sheet's XML once. Raises `UnreadableSourceError` if it is damaged."""
        found = SheetScan()
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.sheets[sheet]) as part:
                for number, cells in _rows(part):
                    if number < header_row:
                        continue
                    held = {column: doubt for column, doubt, filled in cells if filled}
                    if number == header_row:
                        found.header = sorted(held)
                    elif held:
                        found.rows.append(number)
                        found.doubts += [Doubt(number, column, doubt) for column, doubt in held.items() if doubt]
                        outside = [c for c in held if found.header and not found.header[0] <= c <= found.header[-1]]
                        for column in outside:
                            said = f"a value stands in column {letters(column)}, where the header names none"
                            found.doubts.append(Doubt(number, column, said))
        except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
            raise UnreadableSourceError(
                f"{self.path}, sheet {sheet!r}: the sheet is damaged ({error}). Save the workbook again."
            ) from error
        return found

    def first_rows(self, sheet: str, limit: int) -> list[tuple[int, list[int]]]:
        """Return (row, its columns that hold anything) of a sheet's first rows that hold any.

        Raises as `scan`.
        """
        found: list[tuple[int, list[int]]] = []
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.sheets[sheet]) as part:
                for number, cells in _rows(part):
                    if held := sorted(column for column, _, filled in cells if filled):
                        found.append((number, held))
                    if len(found) == limit:
                        break
        except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
            raise UnreadableSourceError(
                f"{self.path}, sheet {sheet!r}: the sheet is damaged ({error}). Save the workbook again."
            ) from error
        return found


def open_workbook(path: Path, limits: Unpacking) -> Workbook:
    """Return what a workbook holds. Raises `UnreadableSourceError` if it is none, or would swell beyond the limits."""
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_if_swollen(path, path.stat().st_size, sum(i.file_size for i in archive.infolist()), limits)
            book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (expat refuses expanding entities)
            links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (zipfile.BadZipFile, KeyError, ET.ParseError, zlib.error, EOFError, RuntimeError) as error:
        raise UnreadableSourceError(
            f"{path}: this is not an .xlsx workbook ({error}). Old .xls files, and files with a password, must be "
            "saved again as .xlsx without one."
        ) from error
    parts = {link.get("Id"): link.get("Target", "") for link in links}
    sheets = {
        sheet.get("name", ""): _part(parts.get(sheet.get(_RELATION), ""))
        for sheet in book.iterfind("{*}sheets/{*}sheet")
    }
    days = book.find("{*}workbookPr")
    return Workbook(path, sheets, days is not None and days.get("date1904") in {"1", "true"})


def letters(column: int) -> str:
    """Return a column's letters, from 1 = A."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _part(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _rows(part: IO[bytes]) -> Iterator[tuple[int, list[tuple[int, str | None, bool]]]]:
    """Yield each row's number, with (column, doubt, whether it holds anything) of each cell."""
    number = 0
    for _, element in ET.iterparse(part):  # noqa: S314 (expat refuses expanding entities)
        if not element.tag.endswith("}row"):
            continue
        number = int(element.get("r", number + 1))
        cells, column = [], 0
        for cell in element.iterfind("{*}c"):
            place = _CELL.fullmatch(cell.get("r", ""))
            column = _number(place[1]) if place else column + 1
            cells.append((column, *_judged(cell)))
        yield number, cells
        element.clear()


def _judged(cell: ET.Element) -> tuple[str | None, bool]:
    value = cell.findtext("{*}v")
    formula = cell.find("{*}f")
    if cell.get("t") == "e":
        return f"the cell holds the error {value}", True
    if formula is not None and not value and cell.get("t") != "str":
        return "the cell holds a formula without its value; open and save the workbook in a spreadsheet program", True
    return None, bool(value) or cell.find("{*}is") is not None


def _number(letters_: str) -> int:
    number = 0
    for letter in letters_:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
