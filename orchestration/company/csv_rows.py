"""A CSV file of a company as text, with the line of each row: what is written is what is read, `0870` included.

Comma-separated with a header, UTF-8. Which columns a file may have is said by who reads it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.company.errors import Fault


@dataclass(frozen=True)
class CsvRow:
    """A row: its line in the file, and its values; a cell without text is None."""

    line: int
    values: dict[str, str | None]

    def get(self, column: str) -> str | None:
        """Return a value; None where the cell is empty or the file has no such column."""
        return self.values.get(column)


@dataclass(frozen=True)
class CsvFile:
    """A file that was read as far as it could be, and what is wrong with it."""

    file: Path
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    faults: tuple[Fault, ...]


def read_csv(file: Path, required: Sequence[str] = (), optional: Sequence[str] | None = None) -> CsvFile:
    """Read a file; `optional` are the other columns that are allowed, all of them where it is None."""
    faults: list[Fault] = []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return CsvFile(file, (), (), (Fault(file, None, f"is not UTF-8 (byte {error.start})"),))
    except OSError as error:
        return CsvFile(file, (), (), (Fault(file, None, f"cannot be read: {error.strerror}"),))
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows: list[CsvRow] = []
    header: list[str] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        faults += _header_faults(file, header, required, optional)
        while (cells := next(reader, None)) is not None:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                faults.append(
                    Fault(file, reader.line_num, f"has {len(cells)} fields, and the header has {len(header)} columns")
                )
                continue
            values = {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}
            rows.append(CsvRow(reader.line_num, values))
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, f"is not sound CSV: {error}"))
    usable = all(name in header for name in required)
    return CsvFile(file, tuple(header), tuple(rows) if usable else (), tuple(faults))


def _header_faults(
    file: Path, header: Sequence[str], required: Sequence[str], optional: Sequence[str] | None
) -> list[Fault]:
    faults = []
    other = next((mark for mark in (";", "\t", "|") if len(header) == 1 and mark in header[0]), None)
    if other:
        return [Fault(file, 1, f"is separated by {other!r}; allowed: commas (save it as CSV with commas)")]
    if not header:
        faults.append(Fault(file, 1, f"is empty; its first line names the columns: {', '.join(required) or 'any'}"))
    elif missing := [name for name in required if name not in header]:
        faults.append(Fault(file, 1, f"lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}"))
    if twice := sorted({name for name in header if header.count(name) > 1}):
        faults.append(Fault(file, 1, f"has the column {twice[0]!r} more than once"))
    if optional is not None:
        allowed = [*required, *optional]
        faults += [
            Fault(file, 1, f"column {name!r} is not known here; allowed: {', '.join(allowed)}")
            for name in header
            if name not in allowed
        ]
    elif any(not name for name in header):
        faults.append(Fault(file, 1, "has a column without a name"))
    return faults
