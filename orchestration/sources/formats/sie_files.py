"""Landing a SIE file (types 1 to 4): the lines of one record become the rows of a table.

One file gives several tables, each by its `sie: {record: …}`. Every line that begins with # is a row of exactly one
record, or in its quarantine; what begins with nothing the standard knows is in the quarantine of `other`. source_row is
the physical line.

A line that was added to a voucher later (#RTRANS) is repeated as #TRANS for older programs, and a removed one (#BTRANS)
has none: each counts once, see `is_counted`.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.sources.declaration.audit_files import SIE_COLUMNS, SieRecord
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.audit_rows import AuditRow, land_audit_rows, physical_lines, unpacked_text
from orchestration.sources.formats.plain_text import forget
from orchestration.sources.formats.sie_checksum import checksum_warning
from orchestration.sources.formats.sie_records import (
    LABELS,
    VALUES,
    Voucher,
    checked,
    voucher_line_values,
    voucher_of,
)
from orchestration.sources.formats.sie_text import SieFaultError, SieLine, label_of, sie_encoding, sie_line
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.rows.reading import Reading, Reject, told

_RECORD_OF: dict[str, SieRecord] = {label: record for record, labels in LABELS.items() for label in labels}
_OF_VOUCHERS = frozenset({*LABELS["voucher"], *LABELS["voucher_line"]})
_FIRST_LINES = 200
_SIGNS = frozenset({"FLAGGA", "SIETYP", "PROGRAM", "FORMAT", "FNAMN", "RAR"})
Rows = Iterator[AuditRow | Reject]


def read_sie_file(connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path) -> Reading:
    """Land one record of a SIE file into `target`; see `source_file.Reader`."""
    record = table.sie.record or "other"
    try:
        text, scan = unpacked_text(file, table, target)
        encoding = sie_encoding(text)
        warnings = [] if encoding == "cp437" else [f"the letters are {encoding}, not CP437 as the standard says"]
        lines = _Texts(physical_lines(text, scan), encoding)
        refuse_unless_sie(file.path, text, encoding)
        rows = (
            _Vouchers(record).rows(lines, warnings) if record in {"voucher", "voucher_line"} else _rows(lines, record)
        )
        names = list(SIE_COLUMNS[record])
        if record == "company" and (told_sum := checksum_warning(physical_lines(text, scan), encoding)):
            warnings.append(told_sum)
        return land_audit_rows(connection, file, table, target, names, _noting(rows, lines, warnings), warnings)
    except duckdb.Error as error:
        raise UnreadableSourceError(
            f"{file.path}: this cannot be read as a SIE file: {told(error)} Export it again."
        ) from error
    finally:
        forget(target)


def refuse_unless_sie(path: Path, text: Path, encoding: str) -> None:
    """Raise `UnreadableSourceError` if the file's first lines have none of the labels that a SIE file begins with."""
    if not is_sie(text, encoding):
        raise UnreadableSourceError(
            f"{path}: this is not a SIE file: none of its first lines begins with #FLAGGA or #SIETYP. Export it again "
            "as SIE type 4; SIE 5 is another format, in XML, and is not landed."
        )


def is_sie(text: Path, encoding: str = "cp437") -> bool:
    """Tell whether a file's first lines say that it is SIE: #FLAGGA or #SIETYP, or three others of its header."""
    found: set[str] = set()
    with text.open(encoding=encoding, errors="replace", newline=None) as handle:
        for _, line in zip(range(_FIRST_LINES), handle, strict=False):
            found.add(label_of(line[:_FIRST_LINES]))
    return bool(found & {"FLAGGA", "SIETYP"}) or len(found & _SIGNS) > 2  # noqa: PLR2004


class _Texts:
    """The lines of a file as text."""

    def __init__(self, physical: Iterator[bytes], encoding: str) -> None:
        self.physical = physical
        self.encoding = encoding
        self.lost_letters = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(self.physical, start=1):
            text = line.decode(self.encoding, errors="replace").rstrip("\r\n")
            if "\ufffd" in text:
                self.lost_letters += 1
            if text.strip(" \t\ufeff\x1a"):
                yield number, text


def _noting(rows: Rows, lines: _Texts, warnings: list[str]) -> Rows:
    yield from rows
    if lines.lost_letters:
        warnings.append(f"{lines.lost_letters} lines hold letters that were lost before the file came here (\ufffd)")


def _rows(lines: _Texts, record: SieRecord) -> Rows:
    """Yield the rows of a record whose lines stand by themselves."""
    values = VALUES[record]
    for number, text in lines:
        label = label_of(text)
        if _RECORD_OF.get(label, "other") != record:
            continue
        try:
            line = checked(sie_line(number, text))
            if line.label:
                yield AuditRow(number, text, values(line))
        except SieFaultError as fault:
            yield Reject(number, None, str(fault), text)


class _Vouchers:
    """Reading the vouchers of a file, a line ahead: an added line counts unless the next line repeats it."""

    def __init__(self, record: SieRecord) -> None:
        self.record = record
        self.voucher: Voucher | None = None
        self.added: SieLine | None = None
        """An #RTRANS line of which it is not known yet whether the next line repeats it as #TRANS."""
        self.unclosed = 0

    def rows(self, lines: _Texts, warnings: list[str]) -> Rows:
        """Yield the rows of `voucher` or `voucher_line`."""
        for number, text in lines:
            label = label_of(text)
            if label not in _OF_VOUCHERS and not text.lstrip().startswith(("{", "}")):
                continue
            try:
                line = sie_line(number, text)
                yield from self._taken(checked(line) if line.label in _OF_VOUCHERS else line)
            except SieFaultError as fault:
                if label == "VER":
                    self.voucher = None
                if _RECORD_OF.get(label) == self.record:
                    yield Reject(number, None, str(fault), text)
        yield from self._added_line(is_repeated=False)
        self._end_voucher()
        if self.unclosed:
            warnings.append(
                f"vouchers that are not closed with }}: {self.unclosed}; if the file breaks off, export it again"
            )

    def _taken(self, line: SieLine) -> Rows:
        yield from self._added_line(
            is_repeated=line.label == "TRANS" and self.added is not None and line.fields == self.added.fields
        )
        if line.label == "VER":
            self._end_voucher()
            self.voucher = voucher_of(line)
            if self.record == "voucher":
                yield AuditRow(line.source_row, line.raw_text, self.voucher.values)
        elif line.label == "RTRANS":
            self.added = line
        elif line.label in _OF_VOUCHERS and self.record == "voucher_line":
            yield self._row(line, is_counted=line.label == "TRANS")
        if self.voucher is not None:
            self.voucher.is_open = (self.voucher.is_open or line.opens) and not line.closes
            if line.closes and self.added is None:
                self.voucher = None

    def _added_line(self, *, is_repeated: bool) -> Rows:
        if self.added is not None and self.record == "voucher_line":
            yield self._row(self.added, is_counted=not is_repeated)
        self.added = None

    def _row(self, line: SieLine, *, is_counted: bool) -> AuditRow | Reject:
        if self.voucher is None:
            return Reject(line.source_row, None, f"#{line.label} stands outside of a voucher", line.raw_text)
        self.voucher.lines += 1
        try:
            values = voucher_line_values(line, self.voucher, is_counted=is_counted)
        except SieFaultError as fault:
            return Reject(line.source_row, None, str(fault), line.raw_text)
        return AuditRow(line.source_row, line.raw_text, values)

    def _end_voucher(self) -> None:
        self.unclosed += self.voucher is not None and self.voucher.is_open
