"""Types for the columns of an SQLite table: what the table declares, wherever the values are of that type.

SQLite keeps a value of any type in a column of any type, so each declared type is tried on the values as landing would
read them. Where they do not fit it, the values alone say what the type is, and the draft says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from orchestration.sources.databases.relations import RelationColumn
from orchestration.sources.declaration.format_options import TextOptions
from orchestration.sources.declaration.tables import SourceColumn
from orchestration.sources.inspection.found import FoundColumn
from orchestration.sources.inspection.profile import typed_column
from orchestration.sources.inspection.text_types import is_believed
from orchestration.sources.rows.typed_values import typed_columns, typed_rows
from orchestration.sources.sql import identifier, literal

_WORDS = (
    (re.compile(r"BOOL(EAN)?"), "BOOLEAN"),
    (re.compile(r"DATE"), "DATE"),
    (re.compile(r"(DATETIME|TIMESTAMP).*"), "TIMESTAMP"),
    (re.compile(r"TIME( WITHOUT TIME ZONE)?"), "TIME"),
    (re.compile(r"(UNSIGNED )?((TINY|SMALL|MEDIUM|BIG) ?)?INT(EGER)?\d?( UNSIGNED)?"), "BIGINT"),
    (re.compile(r".*(CHAR|TEXT|CLOB|STRING|JSON|XML|ENUM|UUID).*"), "VARCHAR"),
)
_NUMBER = re.compile(r"(DECIMAL|NUMERIC|NUMBER|MONEY|CURRENCY)")
_FLOAT = re.compile(r"(REAL|FLOAT|DOUBLE).*")
_KIND = re.compile(r"([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*(.*))?")
_MOST_DIGITS = 38
_WIDTHS = (18, 28, _MOST_DIGITS)
_MONEY = "DECIMAL(18, 2)"
_DIGITS_OF_NOISE = 16
"""As many as a float has that is no short decimal: 0.1 * 3 is 0.30000000000000004."""


@dataclass(frozen=True)
class _Declared:
    """What a column's declared type means; `type` is None where only the values can say it."""

    type: str | None
    is_text: bool = False
    is_number: bool = False
    is_float: bool = False


def sqlite_columns(
    connection: duckdb.DuckDBPyConnection,
    sample: str,
    columns: Sequence[RelationColumn],
    guesses: Mapping[str, FoundColumn],
) -> tuple[FoundColumn, ...]:
    """Return the columns of an SQLite table as they should be declared.

    `sample` is a relation with their values as text, `guesses` what those texts look like.
    """
    meant = [_meaning(column.kind) for column in columns]
    tried = [(column, meaning.type) for column, meaning in zip(columns, meant, strict=True) if meaning.type]
    misfits = _misfits(connection, sample, tried)
    return tuple(
        _column(connection, sample, column, meaning, guesses[column.name], misfits.get(column.name))
        for column, meaning in zip(columns, meant, strict=True)
    )


def _meaning(kind: str) -> _Declared:
    found = _KIND.fullmatch(" ".join(kind.upper().split()))
    if not found or not kind:
        return _Declared(None)
    word = f"{found[1]} {found[4] or ''}".strip()
    if _NUMBER.fullmatch(word):
        precision, scale = int(found[2] or 0), int(found[3] or 0)
        is_exact = precision and max(precision, scale) <= _MOST_DIGITS and scale <= precision
        return _Declared(f"DECIMAL({precision}, {scale})" if is_exact else None, is_number=True)
    if _FLOAT.fullmatch(word):
        return _Declared(None, is_number=True, is_float=True)
    declared = next((means for pattern, means in _WORDS if pattern.fullmatch(word)), None)
    return _Declared(declared, is_text=declared == "VARCHAR")


def _misfits(
    connection: duckdb.DuckDBPyConnection, sample: str, tried: Sequence[tuple[RelationColumn, str]]
) -> dict[str, tuple[int, int]]:
    """Return how many values of each column there are, and how many landing would not read as its type."""
    if not tried:
        return {}
    declared = {column.name: SourceColumn(type=kind) for column, kind in tried}
    columns = typed_columns([(column.name, "VARCHAR") for column, _ in tried], declared, TextOptions())
    counts = ", ".join(
        f"count({column.raw}), count(*) FILTER (list_contains(misfits, {literal(column.name)}))" for column in columns
    )
    typed = (
        f"SELECT *, list_transform(__problems, lambda p: p.column_name) AS misfits FROM ({typed_rows(columns, sample)})"
    )
    row = connection.execute(f"SELECT {counts} FROM ({typed})").fetchone() or ()
    return {column.name: (row[2 * place], row[2 * place + 1]) for place, column in enumerate(columns)}


def _column(
    connection: duckdb.DuckDBPyConnection,
    sample: str,
    column: RelationColumn,
    meaning: _Declared,
    guess: FoundColumn,
    misfits: tuple[int, int] | None,
) -> FoundColumn:
    plain = FoundColumn(column.name, meaning.type or guess.type)
    if meaning.is_text:
        is_moment = guess.type in {"DATE", "TIMESTAMP"} and not guess.unfit
        return replace(guess, because=f"{column.kind} at the source, and every value is one") if is_moment else plain
    if misfits is not None and meaning.type:
        values, unfit = misfits
        if is_believed(values - unfit, unfit) or not values:
            return replace(plain, unfit=unfit)
        told = f"{column.kind} at the source, but {unfit:,} of {values:,} values are not"
        if meaning.is_number:
            return replace(_number(connection, sample, column, guess), because=told)
        return replace(guess, because=told)
    if meaning.is_number or (column.kind.upper() == "BLOB" and guess.type in {"INTEGER", "BIGINT"}):
        return _number(connection, sample, column, guess, is_float=meaning.is_float)
    return guess


def _number(
    connection: duckdb.DuckDBPyConnection,
    sample: str,
    column: RelationColumn,
    guess: FoundColumn,
    *,
    is_float: bool = False,
) -> FoundColumn:
    """Return the type of a number that is declared without its digits: a DECIMAL wherever one holds every value."""
    name, kind = identifier(column.name), column.kind
    digits = f"length(regexp_replace({name}, '[^0-9]', '', 'g'))"
    values, numbers, longest, longest_whole = connection.execute(
        f"SELECT count({name}), count(TRY_CAST({name} AS DOUBLE)), max({digits}) FILTER (contains({name}, '.')), "
        f"max({digits}) FROM {sample}"
    ).fetchone() or (0, 0, 0, 0)
    if not values:
        said = FoundColumn(column.name, "DOUBLE" if is_float else _MONEY)
        return replace(said, because=f"{kind} at the source, no value yet: say how many digits it needs")
    if not is_believed(numbers, values - numbers):
        return replace(guess, because=f"{kind} at the source, but {values - numbers:,} of {values:,} values are not")
    if longest is None and not is_float:
        kept = next((width for width in _WIDTHS if longest_whole + 2 <= width), None)
        return FoundColumn(column.name, f"DECIMAL({kept}, 2)", f"{kind} at the source; whole so far") if kept else guess
    if guess.type.startswith("DECIMAL") and (longest or 0) < _DIGITS_OF_NOISE:
        return replace(guess, because=f"{kind} at the source; no value needs more digits" if is_float else "")
    floats = f"(SELECT TRY_CAST({name} AS DOUBLE) AS {name} FROM {sample})"
    found = typed_column(connection, floats, column.name, "DOUBLE")
    if found.type == "DOUBLE" and guess.type.startswith("DECIMAL") and not is_float:
        return guess
    return replace(found, because=found.because.replace("DOUBLE at the source", f"{kind} at the source"))
