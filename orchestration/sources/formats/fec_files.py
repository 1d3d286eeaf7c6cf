"""Landing a FEC (fichier des écritures comptables): one row per line, in the columns of the decree.

What producers do differently ends here: tab or pipe, any encoding, padding, Debit and Credit or Montant and Sens,
decimal marks, more columns. source_row is the physical line. A line that does not split, or holds a number that has two
meanings, goes to quarantine; what does not fit its type is found by the typing in `text_rows`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import duckdb

from orchestration.sources.declaration.audit_files import FEC_COLUMNS
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError, shortened
from orchestration.sources.formats.audit_rows import AuditRow, land_audit_rows, physical_lines, unpacked_text
from orchestration.sources.formats.fec_header import AMOUNT, SIDE, FecHeader, check_header, fec_header
from orchestration.sources.formats.fec_values import amount, day, debit_and_credit
from orchestration.sources.formats.plain_text import forget
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.rows.reading import Reading, Reject, told

_DATES = tuple(name for name, column in FEC_COLUMNS.items() if column["type"] == "DATE")
_WINDOWS_ONLY = bytes(range(0x80, 0xA0))
"""Bytes that ISO-8859-15 has no letters for; in Windows' encoding they are €, œ, quotes and dashes."""
_MOST_DAYS = 100_000


def read_fec_file(connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path) -> Reading:
    """Land one FEC into `target`; see `source_file.Reader`."""
    try:
        text, scan = unpacked_text(file, table, target)
        lines = _Lines(physical_lines(text, scan))
        records = lines.records()
        first = next(records)
        header = fec_header(first[1])
        if header is None:
            raise UnreadableSourceError(
                f"{file.path}, line 1: this is not a FEC: its first line must name the columns of article A47 A-1 "
                f"(JournalCode, JournalLib, EcritureNum …) with tabs or pipes between them, and it is: "
                f"{shortened(first[1])}. Export the file again, or declare it as csv."
            )
        lines.header = header
        warnings = check_header(file.path, header)
        entries = records if header.has_names else chain([first], records)
        rows = _rows(entries, header)
        return land_audit_rows(connection, file, table, target, header.names, _noting(rows, lines, warnings), warnings)
    except duckdb.Error as error:
        raise UnreadableSourceError(
            f"{file.path}: this cannot be read as a FEC: {told(error)} Export it again."
        ) from error
    finally:
        forget(target)


class _Lines:
    """The lines of a file as text, and how they were written."""

    def __init__(self, physical: Iterator[bytes]) -> None:
        self.physical = physical
        self.header: FecHeader | None = None
        """Once it is known. In a file whose lines end with CR and LF, a lone LF before the last field is in a text."""
        self.other_encodings: dict[str, int] = {}

    def records(self) -> Iterator[tuple[int, str]]:
        """Yield (physical line, text without its line end) of each line that is not blank."""
        begun, content = 1, b""
        has_returns = False
        for number, line in enumerate(self.physical, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")  # noqa: PLW2901 (the mark is no part of the line)
                has_returns = line.endswith(b"\r\n")
            if content and self._fields(content + line) > self._fields_of_header():
                yield begun, self._decoded(content)
                content = b""
            begun, content = (begun if content else number), content + line
            if has_returns and not line.endswith(b"\r\n") and self._is_open(content):
                continue
            if content.strip():
                yield begun, self._decoded(content)
            content = b""
        if content.strip():
            yield begun, self._decoded(content)

    def _fields(self, content: bytes) -> int:
        return content.count(self.header.delimiter.encode()) + 1 if self.header else 1

    def _fields_of_header(self) -> int:
        return len(self.header.columns) if self.header else 1

    def _is_open(self, content: bytes) -> bool:
        return self.header is not None and self._fields(content) < self.header.fewest_fields

    def _decoded(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "windows-1252" if line.translate(None, _WINDOWS_ONLY) != line else "iso-8859-15"
            self.other_encodings[encoding] = self.other_encodings.get(encoding, 0) + 1
            text = line.decode(encoding, errors="replace")
        return text.rstrip("\r\n")


def _noting(rows: Iterator[AuditRow | Reject], lines: _Lines, warnings: list[str]) -> Iterator[AuditRow | Reject]:
    """Yield the rows, and add a warning on what was only seen while reading them."""
    yield from rows
    for encoding, count in lines.other_encodings.items():
        warnings.append(f"{count} line{'s are' if count > 1 else ' is'} not UTF-8; read as {encoding}")


def _rows(records: Iterable[tuple[int, str]], header: FecHeader) -> Iterator[AuditRow | Reject]:
    names, delimiter = header.names, header.delimiter
    width, fewest = len(header.columns), header.fewest_fields
    places = {name: place for place, name in enumerate(header.columns) if name}
    order = [places.get(name, width) for name in names]
    unnamed = [place for place, name in enumerate(header.columns) if name is None]
    dates = [names.index(name) for name in _DATES]
    amounts = _Amounts(header)
    days: dict[str, str] = {}
    for number, text in records:
        fields = [field.strip() for field in text.split(delimiter)]
        if header.is_quoted:
            fields = [_without_quotes(field) for field in fields]
        if problem := _misplaced(fields, width, fewest, unnamed):
            yield Reject(number, None, problem, text)
            continue
        fields[width:] = [""]  # what lies beyond the header is empty
        if len(fields) <= width:
            fields += [""] * (width + 1 - len(fields))
        values = [fields[place] for place in order]
        try:
            amounts.put(values, fields)
        except _AmountError as error:
            yield Reject(number, error.column, f"{error.column}: {error}", text)
            continue
        for place in dates:
            if value := values[place]:
                known = days.get(value)
                if known is None:
                    known = day(value)
                    if len(days) < _MOST_DAYS:
                        days[value] = known
                values[place] = known
        yield AuditRow(number, text, [value or None for value in values])


class _AmountError(Exception):
    """An amount cannot be read; the message says why."""

    def __init__(self, column: str, reason: object) -> None:
        super().__init__(str(reason))
        self.column = column


class _Amounts:
    """Where the amounts of a file stand, and bringing them into the columns debit and credit."""

    def __init__(self, header: FecHeader) -> None:
        self.debit, self.credit, self.foreign = (header.names.index(n) for n in ("debit", "credit", "montant_devise"))
        has_sides = AMOUNT in header.columns and SIDE in header.columns and "debit" not in header.columns
        self.sides = (header.columns.index(AMOUNT), header.columns.index(SIDE)) if has_sides else None

    def put(self, values: list[str], fields: Sequence[str]) -> None:
        """Write the amounts of `fields` into `values`. Raises `_AmountError` if one of them cannot be told."""
        column = "debit"
        try:
            if self.sides:
                column = SIDE
                values[self.debit], values[self.credit] = debit_and_credit(*(fields[place] for place in self.sides))
            elif not values[self.debit] and not values[self.credit]:
                raise _AmountError("debit, credit", "neither has a value")
            else:
                values[self.debit] = amount(values[self.debit])
                column = "credit"
                values[self.credit] = amount(values[self.credit])
            column = "montant_devise"
            if values[self.foreign]:
                values[self.foreign] = amount(values[self.foreign])
        except ValueError as error:
            raise _AmountError(column, error) from error


def _misplaced(fields: list[str], width: int, fewest: int, unnamed: list[int]) -> str | None:
    """Return what is wrong with the number of fields, None if nothing is."""
    if len(fields) < fewest:
        return f"the line has {len(fields)} fields, and the header names {width}"
    if len(fields) > width and any(fields[width:]):
        return f"the line has {len(fields)} fields, and the header names {width}; a text may hold the delimiter"
    for place in unnamed:
        if place < len(fields) and fields[place]:
            return f"a value stands in field {place + 1}, where the header names no column"
    return None


def _without_quotes(field: str) -> str:
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"').strip()
    return field
