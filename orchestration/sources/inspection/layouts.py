"""How a file is written: a text's encoding, delimiter, quote and header, a workbook's sheets and header rows.

Only what a reader must be told before it can read values. What the values are belongs in `text_types`.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.options import Unpacking
from orchestration.sources.reading import path_literal
from orchestration.sources.typed_values import literal
from orchestration.sources.workbook import Workbook, letters, open_workbook

_DELIMITERS = (",", ";", "\t", "|")
_NO_NAME = re.compile(r"[+-]?[\d.,]*\d[\d.,]*|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")
_ROWS_FOR_A_HEADER = 40
_ROWS_FOR_A_DELIMITER = 2000
_WIDE_ENOUGH = 0.6
_SERIAL_TYPES = {"DATE": "DATE", "TIMESTAMP": "TIMESTAMP"}


@dataclass(frozen=True)
class CsvLayout:
    """How a delimited text is written."""

    delimiter: str
    quote: str
    has_header: bool
    width: int
    """Columns."""
    lines_above: int
    """Lines above the header, such as a title."""


@dataclass(frozen=True)
class SheetLayout:
    """A sheet of a workbook that holds a table."""

    sheet: str
    header_row: int
    because: str
    days: dict[str, str]
    """DATE or TIMESTAMP by column name, where cells are formatted as such."""


def csv_layout(connection: duckdb.DuckDBPyConnection, text: Path) -> CsvLayout:
    """Return how a delimited UTF-8 text is written.

    The delimiter is the one that gives columns on the first line already, the same number on most lines, and most of
    them. Raises `UnreadableSourceError` if there is no line.
    """
    found = [layout for delimiter in _DELIMITERS if (layout := _split_by(text, delimiter, '"'))]
    if not found:
        raise UnreadableSourceError(f"{text.name}: there is no line in it. Export it again.")
    _, best = max(found, key=lambda entry: entry[0])
    quote = _quote(connection, text, best.delimiter)
    again = _split_by(text, best.delimiter, quote) if quote != best.quote else None
    return again[1] if again else best


def _split_by(text: Path, delimiter: str, quote: str) -> tuple[tuple[bool, bool, float, int], CsvLayout] | None:
    """Return how well a delimiter splits the first lines of a text, and what the text is like then."""
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        try:
            rows = list(islice(csv.reader(handle, delimiter=delimiter, quotechar=quote), _ROWS_FOR_A_DELIMITER))
        except csv.Error:
            return None
    widths = [len(row) for row in rows if row]
    if not widths:
        return None
    ((width, count),) = Counter(widths).most_common(1)
    above = widths.index(width)
    share = round(count / len(widths), 1)
    layout = CsvLayout(delimiter, quote, _are_names(next(row for row in rows if row)), width, above)
    return (width > 1, above == 0, share, width), layout


def _quote(connection: duckdb.DuckDBPyConnection, text: Path, delimiter: str) -> str:
    """Return the character that DuckDB's sniffer finds fields enclosed in."""
    try:
        row = connection.execute(
            f"SELECT Quote FROM sniff_csv({path_literal(text)}, delim = {literal(delimiter)}, compression = 'none', "
            "ignore_errors = true, all_varchar = true)"
        ).fetchone()
    except duckdb.Error:
        return '"'
    return row[0] if row and len(row[0]) == 1 else '"'


def _are_names(texts: list[str]) -> bool:
    """Tell whether a row may name columns: there is a text in it, and no number and no day."""
    return any(text.strip() for text in texts) and not any(_NO_NAME.fullmatch(text.strip()) for text in texts)


def sheet_layouts(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[list[SheetLayout], list[str]]:
    """Return the sheets of a workbook that hold a table, and a sentence on each of the others.

    Raises `UnreadableSourceError` if it is no workbook. DuckDB's excel extension must be loaded.
    """
    book = open_workbook(file, Unpacking())
    layouts, others = [], []
    for sheet in book.sheets:
        rows = book.first_rows(sheet, _ROWS_FOR_A_HEADER)
        width = max((len(columns) for _, columns in rows), default=0)
        header = next((row for row, columns in rows if len(columns) >= max(1, width * _WIDE_ENOUGH)), None)
        if header is None:
            others.append(f"sheet {sheet!r} is empty")
            continue
        first = rows[0][0]
        because = "" if header == first else f"row {first} holds a title; row {header} names the columns"
        layouts.append(SheetLayout(sheet, header, because, _days(connection, book, sheet, header)))
    return layouts, others


def _days(connection: duckdb.DuckDBPyConnection, book: Workbook, sheet: str, header_row: int) -> dict[str, str]:
    """Return the columns whose first cell is formatted as a day or time."""
    held = {row: columns for row, columns in book.first_rows(sheet, _ROWS_FOR_A_HEADER) if row >= header_row}
    header = held.pop(header_row)
    first, last = letters(header[0]), letters(header[-1])

    def cells(row: int, options: str) -> str:
        corners = f"{first}{row}:{last}{row}"
        where = f"{literal(str(book.path))}, sheet = {literal(sheet)}, range = '{corners}'"
        return f"read_xlsx({where}, header = false{options})"

    names = connection.execute(f"SELECT * FROM {cells(header_row, ', all_varchar = true')}").fetchone() or ()
    found: dict[str, str] = {}
    open_columns = set(range(len(names)))
    for row in held:
        described = connection.execute(f"DESCRIBE SELECT * FROM {cells(row, '')}").fetchall()
        values = connection.execute(f"SELECT * FROM {cells(row, ', all_varchar = true')}").fetchone() or ()
        for place in sorted(open_columns):
            if place < len(values) and values[place] is not None:
                open_columns.discard(place)
                if kind := _SERIAL_TYPES.get(described[place][1]):
                    found[(names[place] or "").strip()] = kind
        if not open_columns:
            break
    return found
