"""Landing JSON: one object per line (`jsonl`), or one array of objects (`json`).

Values become text exactly as they are written, so that no number goes through a float, and are then typed as strictly
as those of delimited text. source_row is the line in `jsonl` and the object's place in the array, from 1, in `json`.
An object or array inside a record is kept as its JSON text. A record that is no JSON object goes to quarantine. Where
rows go once they are text belongs in `text_rows`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.json_arrays import LARGEST_RECORD, JsonFaultError, array_elements
from orchestration.sources.formats.plain_text import forget, plain_text
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.formats.text_rows import TextRows, land_text_rows
from orchestration.sources.rows.reading import Origin, Reading, Reject, told
from orchestration.sources.sql import path_literal

_TEXTS = "texts.jsonl"
_NAMES = "c{}"
_ROW, _RAW = "row", "raw"


class Number(str):
    """A number as the source writes it."""

    __slots__ = ()


def read_json_file(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path
) -> Reading:
    """Land one JSON file into `target`; see `source_file.Reader`."""
    try:
        text = plain_text(file, table, target)
        if not text.scan.size:
            raise UnreadableSourceError(f"{file.path}: the file is empty. Export it again; no rows is [] in JSON.")
        records = _elements(file, text.path, table.json_.path) if table.format == "json" else _lines(file, text.path)
        return land_records(connection, file, table, target, records, text.warnings)
    except duckdb.Error as error:
        raise UnreadableSourceError(
            f"{file.path}: this cannot be read as JSON: {told(error)} Export the file again."
        ) from error
    finally:
        forget(target)


def land_records(
    connection: duckdb.DuckDBPyConnection,
    origin: Origin,
    table: SourceTable,
    target: Path,
    records: Iterable[tuple[int, str]],
    warnings: Sequence[str] = (),
) -> Reading:
    """Land records, given as (number, JSON text); see `text_rows.land_text_rows`."""
    texts = target / _TEXTS
    try:
        names, rejects, rows_read = _as_texts(records, texts)
        if not rows_read:
            names = list(table.columns)
        if names:
            names += [name for name, column in table.columns.items() if column.optional and name not in names]
        columns = ", ".join(f"{_NAMES.format(n)}: 'VARCHAR'" for n in range(len(names)))
        source = (
            f"read_json({path_literal(texts)}, format = 'newline_delimited', records = true, "
            f"maximum_object_size = {4 * LARGEST_RECORD}, "
            f"columns = {{{_ROW}: 'BIGINT', {_RAW}: 'VARCHAR'{', ' if names else ''}{columns}}})"
        )
        rows = TextRows(source, {name: _NAMES.format(n) for n, name in enumerate(names)}, _ROW, _RAW)
        return land_text_rows(connection, origin, table, target, rows, rejects, rows_read, warnings)
    finally:
        texts.unlink(missing_ok=True)


def _elements(file: SourceFile, text: Path, path: str | None) -> Iterator[tuple[int, str]]:
    """Yield (place, text) of each element of the file's array."""
    try:
        yield from enumerate(array_elements(text, path), start=1)
    except JsonFaultError as fault:
        raise UnreadableSourceError(
            f"{file.path}{fault.where}: {fault.reason}. Nothing of it was landed. {fault.advice}."
        ) from fault


def _lines(file: SourceFile, text: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each line that is not blank."""
    with text.open("rb") as handle:
        for number, raw in enumerate(handle, start=1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if number == 1 and line.lstrip().startswith(b"["):
                raise UnreadableSourceError(
                    f"{file.path}, line 1: JSON lines hold one object per line, and this begins an array. "
                    "Say format: json in defs.yaml."
                )
            if line.strip():
                yield number, line.decode("utf-8", errors="surrogateescape").rstrip("\r\n")


def _as_texts(records: Iterable[tuple[int, str]], texts: Path) -> tuple[list[str], list[Reject], int]:
    """Write the records with their values as text; return the column names, what is no record, and how many there were.

    Column names are in the order in which they are first met.
    """
    names: dict[str, int] = {}
    rejects: list[Reject] = []
    rows_read = 0
    with texts.open("w", encoding="utf-8") as handle:
        for row, raw in records:
            rows_read += 1
            try:
                if len(raw.encode("utf-8")) > LARGEST_RECORD:
                    raise ValueError(f"the record is longer than {LARGEST_RECORD} bytes")  # noqa: TRY301
                fields = _parse(raw)
                out: dict[str, int | str] = {_ROW: row, _RAW: raw}
                for name, value in fields.items():
                    if value is not None:
                        out[_NAMES.format(names.setdefault(name, len(names)))] = value
                    else:
                        names.setdefault(name, len(names))
                handle.write(json.dumps(out, ensure_ascii=False) + "\n")
            except (ValueError, RecursionError) as error:
                shown = raw.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
                rejects.append(Reject(row, None, _in_words(error), shown))
    return list(names), rejects, rows_read


def _parse(raw: str) -> dict[str, str | None]:
    """Return a record's fields as text. Raises `ValueError` saying what is wrong with it."""
    value = json.loads(
        raw, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant, object_pairs_hook=_distinct
    )
    if not isinstance(value, dict):
        raise ValueError("this is not a JSON object, so it has no columns")  # noqa: TRY004 (a fault of the data)
    fields = {name: _text(found) for name, found in value.items()}
    for text in (*fields, *filter(None, fields.values())):
        if "\0" in text:
            raise ValueError("a text holds a NUL character")
        text.encode("utf-8")
    return fields


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(
            f"the name {next(name for name in names if names.count(name) > 1)!r} stands twice in an object"
        )
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, str) else json_text(value)


def json_text(value: object) -> str:
    """Return a value as JSON text, with a `Number` as it was written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(n, ensure_ascii=False)}: {json_text(v)}" for n, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def _in_words(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "bytes are not valid text in UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"this is not JSON: {error.msg} at character {error.colno}"
    return "objects are nested too deeply" if isinstance(error, RecursionError) else str(error)
