"""What the reader of each format must be told of a group of files: the options of a declaration, found from the files.

How one text or one sheet is written is found in `layouts`; this is about a group of files and every format.
"""

import codecs
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import SourceError, UnreadableSourceError
from orchestration.sources.formats.csv_header import read_header
from orchestration.sources.formats.plain_text import detected_encoding, plain_text, unpacked
from orchestration.sources.formats.source_file import SourceFile, scan_file
from orchestration.sources.inspection.found import Guess
from orchestration.sources.inspection.grouping import FileGroup
from orchestration.sources.inspection.layouts import CsvLayout, SheetLayout, csv_layout, sheet_layouts
from orchestration.sources.inspection.names import snake_case
from orchestration.sources.inspection.records import records_in
from orchestration.sources.inspection.trial import part_of
from orchestration.sources.sql import path_literal

_CHUNK = 1 << 20
_ENCODINGS_OF = 30
"""Files of a group whose encoding is looked at."""


@dataclass(frozen=True)
class FileLayout:
    """How a table's files are written."""

    name: str
    """The table's, by its files or its sheet."""
    format: str
    options: dict[str, Guess] = field(default_factory=dict)
    section: str = ""
    """The part of a declaration that takes the options; the format's own."""
    unnamed_columns: int = 0
    """Columns of a text without a header."""
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    """Of a delimited text; ascii where nothing shows it."""
    null_strings: tuple[str, ...] = ("",)
    is_text: bool = True
    has_semicolons: bool = False


def file_layouts(
    connection: duckdb.DuckDBPyConnection, group: FileGroup, files: Sequence[Path], place: Path
) -> tuple[list[FileLayout], list[str]]:
    """Return the layouts of a group of files (one, or one per sheet), and a sentence on each sheet without a table.

    `place` is a folder for copies. Raises `UnreadableSourceError` if no table can be found.
    """
    if group.format == "parquet":
        return [FileLayout(group.name, "parquet", is_text=False)], []
    if group.format in {"json", "jsonl"}:
        return [_of_json(group, files[-1], place)], []
    if group.format == "excel":
        sheets, others = sheet_layouts(files[-1])
        hidden = [told for told in others if told.endswith("is hidden")]
        alone = len(sheets) + len(others) - len(hidden) == 1
        return [_of_sheet(group, sheet, alone=alone) for sheet in sheets], others
    return [_of_text(connection, group, files, place)], []


def column_names(connection: duckdb.DuckDBPyConnection, file: Path, kind: str, place: Path) -> tuple[str, ...]:
    """Return a file's columns; none if they cannot be told, which is said when the file is landed on trial."""
    try:
        if kind == "parquet":
            rows = connection.execute(
                f"DESCRIBE SELECT * FROM read_parquet({path_literal(file)}, hive_partitioning = false)"
            ).fetchall()
            return tuple(row[0] for row in rows)
        if kind == "csv":
            head, _ = part_of(file.parent, [file.name], kind, _emptied(place / "head"), 1)
            text, _ = _utf_8(head / file.name, place)
            layout = csv_layout(connection, text)
            return tuple(read_header(text, CsvOptions(delimiter=layout.delimiter, quote=layout.quote))[0])
        if kind in {"json", "jsonl"}:
            rows = connection.execute(f"DESCRIBE SELECT * FROM read_json({path_literal(file)})").fetchall()
            return tuple(row[0] for row in rows)
    except (SourceError, duckdb.Error, UnicodeError):
        return ()
    return ()


def _of_text(connection: duckdb.DuckDBPyConnection, group: FileGroup, files: Sequence[Path], place: Path) -> FileLayout:
    encoding = _encoding(files[-_ENCODINGS_OF:], place)
    text, _ = _utf_8(files[-1], place)
    layout = csv_layout(connection, text)
    if layout.lines_above:
        raise UnreadableSourceError(
            f"{layout.lines_above} lines at its top have another number of fields than the others. "
            "Export the table alone, its first line the names of the columns."
        )
    options: dict[str, Guess] = {}
    if layout.delimiter != ",":
        options["delimiter"] = Guess(layout.delimiter, f"it gives {layout.width} columns on every line")
    if layout.quote != '"':
        options["quote"] = Guess(layout.quote, "fields are enclosed in it")
    if encoding.value not in {"utf-8", "ascii"}:
        options["encoding"] = encoding
    if not layout.has_header:
        options["header"] = Guess(value=False, because="the first line looks like values; name the columns yourself")
    return FileLayout(
        group.name,
        "csv",
        options,
        section="csv",
        unnamed_columns=0 if layout.has_header else layout.width,
        notes=_text_notes(layout),
        encoding=str(encoding.value),
        has_semicolons=layout.delimiter == ";",
    )


def _text_notes(layout: CsvLayout) -> tuple[str, ...]:
    return () if layout.has_header else ("there is no header: the columns are numbered, in the order of the file",)


def _of_sheet(group: FileGroup, sheet: SheetLayout, *, alone: bool) -> FileLayout:
    options: dict[str, Guess] = {}
    if not alone:
        options["sheet"] = Guess(sheet.sheet, "")
    if sheet.header_row != 1:
        options["header_row"] = Guess(sheet.header_row, sheet.because)
    name = group.name if alone else snake_case(sheet.sheet)
    return FileLayout(name, "excel", options, section="excel")


def _encoding(files: Sequence[Path], place: Path) -> Guess:
    found: dict[str, int] = {}
    for file in files:
        name = _encoding_of(file, place)
        found[name] = found.get(name, 0) + 1
    shown = {name: count for name, count in found.items() if name != "ascii"}
    if not shown:
        return Guess("ascii", "")
    if len(shown) > 1 or "utf-16-le" in shown or "utf-16-be" in shown:
        return Guess("detect", f"files differ: {', '.join(shown)}")
    name = next(iter(shown))
    return Guess(name, "the bytes are no UTF-8, and this is what Western exports use" if name == "windows-1252" else "")


def _encoding_of(file: Path, place: Path) -> str:
    source = _source_file(file)
    text, _ = unpacked(source, _any_text(file), _emptied(place / "unpacked"))
    if _is_ascii(text):
        return "ascii"
    return detected_encoding(source, text)


def _is_ascii(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("ascii")()
    with path.open("rb") as handle:
        try:
            while chunk := handle.read(_CHUNK):
                if 0 in chunk:
                    return False
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
    return True


def _utf_8(file: Path, place: Path) -> tuple[Path, tuple[str, ...]]:
    source = _source_file(file)
    if not source.scan.size:
        raise UnreadableSourceError(f"{file.name} is empty, not even a header. Export it again.")
    text = plain_text(source, _any_text(file), _emptied(place / "utf8"), "detect")
    return text.path, text.warnings


def _of_json(group: FileGroup, file: Path, place: Path) -> FileLayout:
    """Return whether a file is JSON or JSON lines, and which member holds the records."""
    table = SourceTable(name="trial", description="A trial.", files=file.name, format="json")
    text, _ = unpacked(_source_file(file), table, _emptied(place / "json"))
    with text.open("rb") as handle:
        start = handle.read(_CHUNK).removeprefix(codecs.BOM_UTF8).lstrip()
        first, _, others = start.partition(b"\n")
        if not start.startswith(b"{") or (others.strip() and _is_object(first)):
            kind = "jsonl" if start.startswith(b"{") else "json"
            return FileLayout(group.name, kind, section="json", null_strings=())
        handle.seek(0)
        try:
            document = json.load(handle)
            path, _ = records_in(document)
        except (ValueError, SourceError):
            kind = "jsonl" if _is_object(first) else "json"
            return FileLayout(group.name, kind, section="json", null_strings=())
    options = {"path": Guess(path, "an object wraps the list of records")}
    return FileLayout(group.name, "json", options, section="json", null_strings=())


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _source_file(file: Path) -> SourceFile:
    return SourceFile(file.name, file, scan_file(file))


def _any_text(file: Path) -> SourceTable:
    return SourceTable(
        name="trial", description="A trial.", files=file.name, format="csv", csv=CsvOptions(encoding="detect")
    )


def _emptied(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place
