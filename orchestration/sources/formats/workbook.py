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

from orchestration.sources.declaration.format_options import Unpacking
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.plain_text import refuse_if_swollen
from orchestration.sources.formats.workbook_dates import date_styles

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_HIDDEN = frozenset({"hidden", "veryHidden"})
_TEXTS = "xl/sharedStrings.xml"
_LONGEST_TEXT = 1_000_000
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
    dates: dict[int, list[int]] = field(default_factory=dict)
    """By column, the rows below the header whose cell shows its number as a date."""
    hidden: list[int] = field(default_factory=list)
    """Rows below the header that hold something and are hidden."""
    merged: list[str] = field(default_factory=list)
    """Ranges of merged cells, such as A2:A6: only the first of them holds the value."""


@dataclass(frozen=True)
class Workbook:
    """An opened workbook: sheet names with their parts, those that are hidden, how dates are shown and counted."""

    path: Path
    sheets: dict[str, str]
    hidden: frozenset[str]
    from_1904: bool
    date_styles: frozenset[int]

    def scan(self, sheet: str, header_row: int) -> SheetScan:
        """Read a sheet's XML once. Raises `UnreadableSourceError` if it is damaged."""
        found = SheetScan()
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.sheets[sheet]) as part:
                self._refuse_overlong_texts(archive, self.sheets[sheet])
                number = 0
                for element in _elements(part, "row", "mergeCell"):
                    if element.tag.endswith("}mergeCell"):
                        found.merged.append(element.get("ref", ""))
                        continue
                    number = int(element.get("r", number + 1))
                    if number >= header_row:
                        self._note_row(found, number, element, header_row)
        except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
            raise UnreadableSourceError(
                f"{self.path}, sheet {sheet!r}: the sheet is damaged ({error}). Save the workbook again."
            ) from error
        return found

    def _note_row(self, found: SheetScan, number: int, row: ET.Element, header_row: int) -> None:
        held: dict[int, str | None] = {}
        for column, cell, doubt in _filled_cells(row):
            held[column] = doubt
            if number > header_row and cell.get("t", "n") == "n" and int(cell.get("s", 0)) in self.date_styles:
                found.dates.setdefault(column, []).append(number)
        if number == header_row:
            found.header = sorted(held)
        elif held:
            found.rows.append(number)
            found.hidden += [number] if row.get("hidden") in {"1", "true"} else []
            found.doubts += [Doubt(number, column, doubt) for column, doubt in held.items() if doubt]
            outside = [c for c in held if found.header and not found.header[0] <= c <= found.header[-1]]
            for column in outside:
                said = f"a value stands in column {letters(column)}, where the header names none"
                found.doubts.append(Doubt(number, column, said))

    def _refuse_overlong_texts(self, archive: zipfile.ZipFile, sheet_part: str) -> None:
        """Raise `UnreadableSourceError` for a text far longer than a cell holds: it would take all the memory."""
        for name in {sheet_part, _TEXTS} & set(archive.namelist()):
            with archive.open(name) as part:
                while len(piece := part.read(_LONGEST_TEXT)) == _LONGEST_TEXT:
                    if b"<" not in piece:
                        raise UnreadableSourceError(
                            f"{self.path}: a cell's text is longer than {_LONGEST_TEXT:,} bytes, and Excel keeps "
                            "32,767 characters at most. No spreadsheet program wrote this; export it again."
                        )

    def first_rows(self, sheet: str, limit: int) -> list[tuple[int, list[int]]]:
        """Return (row, its columns that hold anything) of a sheet's first rows that hold any.

        Raises as `scan`.
        """
        found: list[tuple[int, list[int]]] = []
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.sheets[sheet]) as part:
                number = 0
                for row in _elements(part, "row"):
                    number = int(row.get("r", number + 1))
                    if held := sorted(column for column, _, _ in _filled_cells(row)):
                        found.append((number, held))
                    if len(found) == limit:
                        break
        except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
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
            dates = date_styles(archive)
    except (zipfile.BadZipFile, KeyError, ET.ParseError, zlib.error, EOFError, RuntimeError) as error:
        raise UnreadableSourceError(
            f"{path}: this is not a whole .xlsx workbook ({error}). Save it again as .xlsx, without a password."
        ) from error
    parts = {link.get("Id"): link.get("Target", "") for link in links}
    sheets = {
        sheet.get("name", ""): _part(parts.get(sheet.get(_RELATION), ""))
        for sheet in book.iterfind("{*}sheets/{*}sheet")
    }
    hidden = frozenset(
        sheet.get("name", "") for sheet in book.iterfind("{*}sheets/{*}sheet") if sheet.get("state", "") in _HIDDEN
    )
    days = book.find("{*}workbookPr")
    from_1904 = days is not None and days.get("date1904") in {"1", "true"}
    return Workbook(path, sheets, hidden, from_1904, dates)


def letters(column: int) -> str:
    """Return a column's letters, from 1 = A."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _part(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _filled_cells(row: ET.Element) -> Iterator[tuple[int, ET.Element, str | None]]:
    """Yield (column, cell, what is doubtful of it) of each cell of a row that holds anything."""
    column = 0
    for cell in row.iterfind("{*}c"):
        place = _CELL.fullmatch(cell.get("r", ""))
        column = _number(place[1]) if place else column + 1
        doubt, is_filled = _judged(cell)
        if is_filled:
            yield column, cell, doubt


def _elements(part: IO[bytes], *names: str) -> Iterator[ET.Element]:
    """Yield each element of these names, whole, and forget it."""
    endings = tuple(f"}}{name}" for name in names)
    for _, element in ET.iterparse(part):  # noqa: S314 (expat refuses expanding entities)
        if element.tag.endswith(endings):
            yield element
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
