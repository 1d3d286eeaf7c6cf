"""Where in a delimited text file a record stands: its physical line, and its raw text.

DuckDB's CSV reader gives records, not lines. Where every line is a record, counting is enough; where quoted fields
hold newlines or lines are blank, Python's csv module walks the file once. Only files with something to quarantine, or
with such records, come here. The file is UTF-8.
"""

import csv
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.sql import path_literal

BOM = b"\xef\xbb\xbf"
BREAKS = "breaks.csv"
_STRETCH = 64
"""Records that are looked up among the same breaks."""


@dataclass(frozen=True)
class RawLine:
    """A record's first physical line (from 1) and its text as it stands in the file."""

    line: int
    text: str


@dataclass
class Located:
    """Where the records of a file stand. An ordinal counts, from 0, the records that DuckDB could split into fields."""

    records: int
    """Records after the header, blank lines not counted."""
    breaks: list[tuple[int, int]] = field(default_factory=list)
    """(ordinal, line): from this ordinal on, each next record is on the next line, until the next break."""
    wanted: dict[int, RawLine] = field(default_factory=dict)
    """By ordinal."""
    unsplit: list[RawLine] = field(default_factory=list)
    """The records that DuckDB could not split, in the order of the file."""
    by_line: bool = True
    """Whether every physical line is one record."""


def locate_by_line(
    path: Path, header_lines: int, lines: int, unsplit_lines: Iterable[int], ordinals: Iterable[int]
) -> Located:
    """Locate records in a file of which every physical line is one record.

    `unsplit_lines` are the physical lines DuckDB could not split; `ordinals` the records whose raw text is wanted.
    """
    located = Located(records=lines - header_lines)
    unsplit = sorted(set(unsplit_lines))
    breaks = {0: header_lines + 1}
    for before, line in enumerate(unsplit):
        breaks[line - header_lines - 1 - before] = line + 1
    located.breaks = sorted(breaks.items())
    line_of = {line_at(located.breaks, ordinal): ordinal for ordinal in ordinals}
    for raw in _raw_lines(path, sorted({*line_of, *unsplit})):
        if raw.line in line_of:
            located.wanted[line_of[raw.line]] = raw
        else:
            located.unsplit.append(raw)
    return located


def locate_by_record(
    path: Path, options: CsvOptions, columns: int, unsplit_offsets: Iterable[int], ordinals: Iterable[int]
) -> Located:
    """Locate records in a file whose records may span lines, or between which lines may be blank.

    `unsplit_offsets` are the bytes at which the records begin that DuckDB could not split.
    """
    located = Located(records=0, by_line=False)
    unsplit, wanted = set(unsplit_offsets), set(ordinals)
    ordinal = 0
    next_line = -1
    for number, (offset, raw) in enumerate(_raw_records(path, options, columns)):
        if number == 0 and options.header:
            continue
        located.records += 1
        if offset in unsplit:
            located.unsplit.append(raw)
            continue
        if raw.line != next_line:
            located.breaks.append((ordinal, raw.line))
        if ordinal in wanted:
            located.wanted[ordinal] = raw
        ordinal += 1
        next_line = raw.line + 1
    return located


def raw_texts(path: Path, options: CsvOptions, columns: int, located: Located, lines: Sequence[int]) -> Iterator[str]:
    """Yield the raw texts of the records that begin on `lines`, which are in order."""
    if located.by_line:
        yield from (raw.text for raw in _raw_lines(path, lines))
        return
    wanted = set(lines)
    yield from (raw.text for _, raw in _raw_records(path, options, columns) if raw.line in wanted)


def without(breaks: Sequence[tuple[int, int]], gone: Sequence[int]) -> list[tuple[int, int]]:
    """Return the breaks as they are when the records `gone` (ordinals, in order) are left out of the counting."""
    found = {ordinal - bisect_left(gone, ordinal): line for ordinal, line in breaks}
    for before, ordinal in enumerate(gone):
        found[ordinal - before] = line_at(breaks, ordinal + 1)
    return sorted(found.items())


def line_at(breaks: Sequence[tuple[int, int]], ordinal: int) -> int:
    """Return the physical line of a record."""
    first, line = breaks[bisect_right(breaks, ordinal, key=lambda entry: entry[0]) - 1]
    return line + ordinal - first


def shifts(breaks: Sequence[tuple[int, int]], records: int, target: Path) -> str:
    """Return what a query joins to get, for each file_row_number below `records`, its line: it and `__shift` more."""
    with (target / BREAKS).open("w", encoding="ascii") as handle:
        handle.writelines(f"{ordinal},{line}\n" for ordinal, line in breaks)
    # A join on ranges alone would sort all rows; with an equal part beside them they are looked up.
    return (
        "(SELECT __from, __until, __line - __from AS __shift, "
        f"unnest(range(__from // {_STRETCH}, (__until - 1) // {_STRETCH} + 1)) AS __stretch FROM ("
        f"SELECT __from, __line, coalesce(lead(__from) OVER (ORDER BY __from), {records}) AS __until "
        f"FROM read_csv({path_literal(target / BREAKS)}, auto_detect = false, header = false, delim = ',', "
        "columns = {'__from': 'BIGINT', '__line': 'BIGINT'}))) "
        f"ON file_row_number // {_STRETCH} = __stretch AND file_row_number >= __from AND file_row_number < __until"
    )


def _raw_lines(path: Path, numbers: Sequence[int]) -> Iterator[RawLine]:
    with path.open("rb") as handle:
        passed = 0
        for number in numbers:
            for line in islice(handle, number - passed - 1, number - passed):
                yield RawLine(number, _as_text(line))
            passed = number


def _raw_records(path: Path, options: CsvOptions, columns: int) -> Iterator[tuple[int, RawLine]]:
    """Yield (byte offset, first line and text) of each record, the header included, blank lines left out."""
    csv.field_size_limit(sys.maxsize)
    pending: list[bytes] = []

    def lines() -> Iterator[str]:
        with path.open("rb") as handle:
            for line in handle:
                pending.append(line)
                yield line.removeprefix(BOM).decode("utf-8", errors="replace").replace("\0", " ")

    rows = csv.reader(lines(), delimiter=options.delimiter, quotechar=options.quote)
    offset, first_line = 0, 1
    for fields in rows:
        raw = b"".join(pending)
        pending.clear()
        if fields or columns == 1:
            yield offset, RawLine(first_line, _as_text(raw))
        offset += len(raw)
        first_line = rows.line_num + 1


def _as_text(raw: bytes) -> str:
    return raw.removeprefix(BOM).decode("utf-8", errors="backslashreplace").rstrip("\r\n")
