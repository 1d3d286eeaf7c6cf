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

from orchestration.sources.declaration.format_options import Unpacking
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.workbook import open_workbook
from orchestration.sources.sql import literal, path_literal

_DELIMITERS = (",", ";", "\t", "|")
_NO_NAME = re.compile(r"[+-]?[\d.,]*\d[\d.,]*|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")
_ROWS_FOR_A_HEADER = 40
_ROWS_FOR_A_DELIMITER = 2000
_WIDE_ENOUGH = 0.6


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


def sheet_layouts(file: Path) -> tuple[list[SheetLayout], list[str]]:
    """Return the sheets of a workbook that hold a table, and a sentence on each of the others.

    Raises `UnreadableSourceError` if it is no workbook.
    """
    book = open_workbook(file, Unpacking())
    layouts, others = [], []
    for sheet in book.sheets:
        if sheet in book.hidden:
            others.append(f"sheet {sheet!r} is hidden")
            continue
        rows = book.first_rows(sheet, _ROWS_FOR_A_HEADER)
        width = max((len(columns) for _, columns in rows), default=0)
        header = next((row for row, columns in rows if len(columns) >= max(1, width * _WIDE_ENOUGH)), None)
        if header is None:
            others.append(f"sheet {sheet!r} is empty")
            continue
        first = rows[0][0]
        because = "" if header == first else f"row {first} holds a title; row {header} names the columns"
        layouts.append(SheetLayout(sheet, header, because))
    return layouts, others
