"""What a delimited text file must not hold: fields too long to be read, found before anything reads them.

One quote that is never closed, or a missing line end, makes a field of the rest of the file; DuckDB then takes
gigabytes of memory, or leaves the record out. Looking for it here costs next to nothing: such a field holds a whole
stretch of `_STRETCH` bytes without a line end, or without a quote that opens or closes a field; any other stretch is
left at once. A record that is too long only because of its many fields goes to quarantine when it is read.
"""

import csv
import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.rows.typed_values import TypedColumn

LONGEST_RECORD = 2_000_000
"""Bytes; DuckDB's own limit."""
_STRETCH = LONGEST_RECORD // 2 - 1
"""A record longer than the limit holds at least one whole stretch, wherever the stretches begin."""


class _TooLongError(Exception):
    """The record that is being read is longer than can be read."""


def refuse_overlong_records(path: Path, text: Path, options: CsvOptions) -> None:
    """Raise `UnreadableSourceError` naming the line on which a record of more than `LONGEST_RECORD` bytes begins.

    `text` is the file at `path`, unpacked and in UTF-8.
    """
    if text.stat().st_size <= LONGEST_RECORD or not _may_hold_one(text, options):
        return
    line = _first_overlong_record(text, options)
    if line:
        raise UnreadableSourceError(
            f"{path}, line {line}: the record that begins here is longer than {LONGEST_RECORD:,} bytes. Most likely a "
            "quote is opened and never closed, or line ends are missing. Close the quote, or double a quote that is "
            "part of the text; a longer text cannot be landed from CSV."
        )


def without_nul(column: TypedColumn) -> TypedColumn:
    """Return the column with a value that holds a NUL byte as a problem: a damaged file has them, and no text."""
    nul = f"coalesce(contains({column.raw}, chr(0)), false)"
    problem = f"({column.problem} OR {nul})" if column.problem else nul
    return replace(column, problem=problem, reason=f"CASE WHEN {nul} THEN 'holds a NUL byte' ELSE {column.reason} END")


def line_at_byte(text: Path, offset: int) -> int:
    """Return the physical line, from 1, that a byte of a file is on."""
    with _mapped(text) as content:
        return 1 + sum(
            content[start : min(start + _STRETCH, offset)].count(b"\n") for start in range(0, offset, _STRETCH)
        )


def _may_hold_one(text: Path, options: CsvOptions) -> bool:
    """Return whether a stretch has no line end, or seems to lie inside quotes with all of its line ends."""
    quote = options.quote.encode()
    before_a_field = {options.delimiter.encode(), b"\n", b"\r", b""}
    is_open = False
    with _mapped(text) as content:
        for start in range(0, len(content) - _STRETCH + 1, _STRETCH):
            end = start + _STRETCH
            stretch = content[start:end]  # bytes are searched ten times as fast as a mapped file
            if b"\n" not in stretch:
                return True
            last = _last_single_quote(content, quote, start, end) if quote in stretch else None
            if last is not None:
                is_open = content[max(last - 1, 0) : last] in before_a_field
            elif is_open:
                return True
    return False


def _last_single_quote(content: mmap.mmap | bytes, quote: bytes, start: int, end: int) -> int | None:
    """Return where the last quotes stand in a stretch that open or close a field; a doubled one is text."""
    size = len(quote)
    while (first := content.rfind(quote, start, end)) >= 0:
        behind = first + size
        while content[behind : behind + size] == quote:  # the end of the stretch may have cut through them
            behind += size
        while first >= size and content[first - size : first] == quote:
            first -= size
        if (behind - first) // size % 2:
            return first
        end = max(first, start)
    return None


def _first_overlong_record(text: Path, options: CsvOptions) -> int | None:
    """Return the line on which the first record begins that is too long; it reads the file up to there."""
    csv.field_size_limit(sys.maxsize)
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        with text.open("rb") as handle:
            while line := handle.readline(LONGEST_RECORD + 1):
                taken += len(line)
                if taken > LONGEST_RECORD:
                    raise _TooLongError
                yield line.decode("utf-8", errors="replace").rstrip("\r\n").replace("\r", " ") + "\n"

    begins = 1
    records = csv.reader(lines(), delimiter=options.delimiter, quotechar=options.quote)
    try:
        for _ in records:
            taken, begins = 0, records.line_num + 1
    except _TooLongError:
        return begins
    return None


@contextmanager
def _mapped(text: Path) -> Iterator[mmap.mmap | bytes]:
    """Give a file's bytes without reading them; an empty file cannot be mapped."""
    with text.open("rb") as handle:
        if not text.stat().st_size:
            yield b""
            return
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content
