"""The header of a delimited text file: the names of its columns, and whether it was written with another delimiter."""

import csv
import sys
from pathlib import Path

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import DriftError, UnreadableSourceError, shortened
from orchestration.sources.formats.csv_lines import BOM
from orchestration.sources.formats.plain_text import PlainText
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.rows.drift import check_names, refuse_long_names

OTHER_DELIMITERS = ",;\t|:^~"


def column_names(file: SourceFile, text: PlainText, table: SourceTable) -> tuple[list[str], int]:
    """Return the names of a file's columns and the physical lines of its header.

    Raises a `SourceError` if they cannot be read, or not as declared.
    """
    if not text.scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty, not even a header. Export it again.")
    if not table.csv.header:
        return list(table.columns), 0
    try:
        names, lines = read_header(text.path, table.csv)
    except csv.Error as error:
        raise UnreadableSourceError(
            f"{file.path}, line 1: a carriage return stands in the header, outside of quotes. Take it away, or put the "
            "name in quotes."
        ) from error
    except UnicodeDecodeError as error:
        raise UnreadableSourceError(
            f"{file.path}, line 1: the byte 0x{error.object[error.start]:02x} in the header is no text in "
            f"{table.csv.encoding}. Declare the encoding the file has (csv.encoding in defs.yaml), or export it as "
            "UTF-8."
        ) from error
    if any("\0" in name for name in names):
        raise UnreadableSourceError(
            f"{file.path}, line 1: the header holds NUL bytes, so this is no text in {table.csv.encoding}. If it is "
            "UTF-16, say csv.encoding: utf-16 in defs.yaml; else export it again."
        )
    if not any(name.strip() for name in names):
        raise UnreadableSourceError(f"{file.path}: line 1 is empty; it must be the header.")
    _refuse_another_delimiter(file, text.path, names, table)
    refuse_long_names(file.path, names)
    check_names(file.path, names)
    return names, lines


def read_header(path: Path, options: CsvOptions) -> tuple[list[str], int]:
    """Return the header's names and its physical lines.

    Raises `UnicodeDecodeError` if it is not UTF-8, and `csv.Error` if it cannot be split.
    """
    csv.field_size_limit(sys.maxsize)
    with path.open("rb") as handle:
        decoded = (line.removeprefix(BOM).decode("utf-8") for line in handle)
        rows = csv.reader(decoded, delimiter=options.delimiter, quotechar=options.quote)
        names = next(rows, [])
        return names, rows.line_num


def _refuse_another_delimiter(file: SourceFile, text: Path, names: list[str], table: SourceTable) -> None:
    """Raise `DriftError` if another delimiter finds more of the declared columns, or splits a header of one column."""
    declared = set(table.columns)
    best, looks_like = len(declared.intersection(names)), None
    for mark in OTHER_DELIMITERS.replace(table.csv.delimiter, ""):
        if mark not in "".join(names):
            continue
        found = read_header(text, table.csv.model_copy(update={"delimiter": mark}))[0]
        known = len(declared.intersection(found))
        if known > best or (not declared and len(names) == 1 and len(found) > 1):
            best, looks_like = known, looks_like if not declared and looks_like else mark
    if looks_like:
        raise DriftError(
            f"{file.path}, line 1: {another_delimiter(table, looks_like)} The header is: {shortened(', '.join(names))}"
        )


def another_delimiter(table: SourceTable, looks_like: str) -> str:
    """Return, as a sentence that begins in lower case, that a file was written with another delimiter."""
    return (
        f"the delimiter is declared as {table.csv.delimiter!r} and looks like {looks_like!r}; "
        "correct csv.delimiter in defs.yaml."
    )
