"""What a file's first bytes say it is, where that is not what is declared.

An export that failed is often a login page, a packed file or a workbook under another name. Only signs that no sound
file of the declared format begins with belong here; what is inside a file belongs in the modules per format.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.source_file import SourceFile

_START = 512
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Kind:
    """How a kind of file begins, what to call it, what to do about it, and the formats that it is right for."""

    begins: bytes
    name: str
    advice: str
    formats: tuple[str, ...] = ()


_KINDS = (
    _Kind(
        rb"PK\x03\x04", "a zip archive or an Excel workbook", "Unpack it, or say format: excel in defs.yaml", ("excel",)
    ),
    _Kind(rb"PAR1", "a Parquet file", "Say format: parquet in defs.yaml", ("parquet",)),
    _Kind(
        rb"\xd0\xcf\x11\xe0",
        "an old Excel workbook (.xls), or one with a password",
        "Save it as .xlsx without a password; that is format excel",
    ),
    _Kind(rb"%PDF-", "a PDF document", "Export the data as CSV"),
    _Kind(rb"SQLite format 3\x00", "a SQLite database", "Declare it as a database, or export its tables as CSV"),
    _Kind(
        rb"\s*(?i:<!doctype html|<html)",
        "an HTML page, often a login or error page saved in place of the data",
        "Open it in a browser to see what it says, and export the data again",
    ),
    _Kind(rb"\s*<\?xml", "an XML document", "Export the data as CSV or JSON"),
    _Kind(
        rb'\s*(\{\s*"|\[\s*\{)',
        "JSON",
        "In defs.yaml, say format: json, or jsonl where each line is an object",
        ("json", "jsonl"),
    ),
    _Kind(rb"\x00{8}", "a file that begins with NUL bytes, as a crash or a full disk leaves it", "Export it again"),
)
_UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff")


def refuse_another_kind(file: SourceFile, table: SourceTable, unpacked: Path) -> None:
    """Raise `UnreadableSourceError` if the file, unpacked, is plainly not of the declared format."""
    with unpacked.open("rb") as handle:
        start = handle.read(_START).removeprefix(_BOM)
    if _UTF_16.match(start) and table.format in {"csv", "json", "jsonl", "fec", "sie"}:
        if table.format == "csv" and table.csv.encoding in {"utf-16", "detect"}:
            return
        advice = "Say csv.encoding: utf-16 in defs.yaml, or export" if table.format == "csv" else "Export"
        raise UnreadableSourceError(f"{file.path}: this is text in UTF-16. {advice} it as UTF-8.")
    for kind in _KINDS:
        if table.format not in kind.formats and re.match(kind.begins, start):
            raise UnreadableSourceError(
                f"{file.path}: this is {kind.name}, but the format is declared as {table.format}. {kind.advice}."
            )
