"""Looking at a database: its tables with their keys, and types that lose nothing of what is in them.

Rows come through the same reader as in landing, in one snapshot. Of a large table the first rows are looked at.
"""

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.sources.databases.database import OpenDatabase, open_database
from orchestration.sources.databases.relations import KnownRelation, RelationRows
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.environment import filled_in
from orchestration.sources.errors import MissingSourceError, SourceError
from orchestration.sources.inspection.declared_types import sqlite_columns
from orchestration.sources.inspection.found import FoundColumn, FoundSystem, FoundTable, Guess
from orchestration.sources.inspection.keys import cursor_of, key_of
from orchestration.sources.inspection.names import distinct, snake_case
from orchestration.sources.inspection.patterns import chosen
from orchestration.sources.inspection.profile import typed_column, with_figures
from orchestration.sources.inspection.shapes import shapes_of
from orchestration.sources.inspection.text_types import text_types
from orchestration.sources.inspection.trial import land_on_trial, relation
from orchestration.sources.sql import path_literal

_ROWS_PER_MB = 10_000
_MOST_RELATIONS = 100
"""More tables than these are drafted only if someone asks for them."""
_WORTH_AN_INCREMENT = 100_000
"""Rows; fewer are read whole in a moment, and then deletions are seen."""
_TEXTS = re.compile(r"char|text|clob|string|json|xml|enum|uuid", re.IGNORECASE)
_NUMBERS = re.compile(r"numeric|decimal|number|money", re.IGNORECASE)
_POSTGRES_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_MOST_DIGITS = 38
_FLOATS = re.compile(r"real|floa|doub", re.IGNORECASE)


def inspect_database(
    kind: str, connection: str, name: str, root: Path, *, sample_mb: int, only: Sequence[str] = ()
) -> FoundSystem:
    """Return what is found in a database; `connection` is as a declaration writes it, with ${VARIABLE} for secrets.

    `only` are patterns of relations (`sales.*`), for views too. Raises a `SourceError` if it cannot be opened or there
    is nothing to be read.
    """
    system = SourceSystem.model_validate(
        {
            "name": name,
            "description": "A trial.",
            "owners": ["team:trial"],
            "group": "trial",
            "database": {"kind": kind, "connection": connection},
            "tables": [{"name": "trial", "description": "A trial.", "relation": "trial"}],
        }
    )
    left_out: list[str] = []
    taken: set[str] = set()
    tables = []
    with (
        tempfile.TemporaryDirectory(prefix="tieout-inspect-") as place,
        open_database(system, root, Path(place)) as source,
        duckdb.connect() as here,
    ):
        here.execute("SET TimeZone = 'UTC'")
        for number, known in enumerate(_chosen(source.relations(), only, left_out)):
            try:
                tables.append(_table(source, here, known, Path(place) / str(number), sample_mb, taken))
            except SourceError as error:
                left_out.append(f"{_written(known)}: {error}")
    if not tables:
        told = " ".join(left_out) or "Nothing is there that the user may read."
        raise MissingSourceError(f"Source system {name}: no relation can be landed. {told}")
    return FoundSystem(
        name=name,
        description=f"The database of {name}.",
        place={"database": Guess({"kind": kind, "connection": connection}, _place_note(kind, connection))},
        tables=tuple(tables),
        max_age_hours=Guess(24, "a guess: a database can be read as often as is wanted"),
        left_out=tuple(sorted(left_out)),
    )


def as_declared(where: str, name: str, root: Path) -> tuple[str, str] | None:
    """Return kind and connection as a declaration writes them, if `where` is a database; None if it is not.

    A URL, which may hold a password, is put into the environment of this process and stands as ${VARIABLE}. Raises
    `DeclarationError` if `where` is a variable that is not set.
    """
    referred = re.fullmatch(r"\$\{(\w+)\}", where)
    address = filled_in(where, what=f"The source {where}")
    scheme = address.split("://", 1)[0] if "://" in address else ""
    kind = {"postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}.get(scheme)
    if kind:
        variable = referred[1] if referred else f"{name.upper()}_DATABASE"
        os.environ[variable] = address
        return kind, f"${{{variable}}}"
    if scheme not in {"", "sqlite"}:
        return None
    file = Path(address.removeprefix("sqlite:///")).expanduser()
    if scheme != "sqlite" and not _is_sqlite(file):
        return None
    place = file.resolve()
    inside = place.is_relative_to(root.resolve())
    return "sqlite", place.relative_to(root.resolve()).as_posix() if inside else str(place)


def _is_sqlite(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        return handle.read(16) == b"SQLite format 3\0"


def _chosen(relations: Sequence[KnownRelation], only: Sequence[str], left_out: list[str]) -> list[KnownRelation]:
    if only:
        return chosen(only, relations, lambda known: (_written(known), known.name), "relation")
    tables = [known for known in relations if not known.is_view]
    if len(tables) > _MOST_RELATIONS:
        raise MissingSourceError(
            f"There are {len(tables):,} tables. Say which of them to look at, for example --only "
            f"'{_written(tables[0])},{_written(tables[1])}' (names or patterns, as many as you like); --only '*' takes "
            "all of them. Those that turn out to be wanted later are added by looking again."
        )
    left_out += [
        f"{_written(known)}: a view; add --only '{_written(known)}' to look at it"
        for known in relations
        if known.is_view
    ]
    return tables


def _written(known: KnownRelation) -> str:
    """Return the relation as a declaration writes it."""
    parts = [
        part if re.fullmatch(r'[^".]+', part) else '"' + part.replace('"', '""') + '"'
        for part in (known.schema, known.name)
    ]
    return parts[1] if known.schema == "main" else ".".join(parts)


def _table(
    source: OpenDatabase,
    here: duckdb.DuckDBPyConnection,
    known: KnownRelation,
    place: Path,
    sample_mb: int,
    taken: set[str],
) -> FoundTable:
    place.mkdir()
    limit = sample_mb * _ROWS_PER_MB
    asked = SourceTable(name="trial", description="A trial.", relation=_written(known))
    rows = source.write_sample(asked, limit, place / "sample.parquet")
    sample = f"read_parquet({path_literal(place / 'sample.parquet')})"
    types = _types(here, sample, rows, is_sqlite=source.kind == "sqlite")
    columns = {column.name: {"type": column.type, "rounding": column.rounding} for column in types}
    os.utime(place / "sample.parquet", (0, 0))  # it is complete: landing need not wait for it to settle
    declared = {"name": "trial", "description": "A trial.", "files": "sample.parquet", "format": "parquet"}
    table = SourceTable.model_validate({**declared, "columns": columns})
    trial = land_on_trial(table, place, place / "lake", is_whole=True)
    landed = relation(trial.sample)
    found = with_figures(here, landed, types)
    key, because = known.key, "the primary key"
    if not key:
        key, because = key_of(here, landed, found, snake_case(known.name), by_file=False)
    count = rows.row_count if rows.row_count is not None else trial.rows_read
    load, more = _load(found, key, count)
    rejected = tuple(told.replace(" in sample.parquet, row", " in row") for told in trial.rejected)
    return FoundTable(
        name=distinct(snake_case(known.name), taken),
        place={"relation": _written(known)},
        columns=found,
        rows=trial.rows_read,
        state_rows=trial.rows_read,
        is_whole=trial.rows_read >= count,
        load=load,
        more=more,
        key=key,
        key_because=because,
        notes=tuple(rows.warnings),
        unfit_rows=rejected,
    )


def _types(
    here: duckdb.DuckDBPyConnection, sample: str, rows: RelationRows, *, is_sqlite: bool
) -> tuple[FoundColumn, ...]:
    texts = [column.name for column in rows.columns if column.read_as == "VARCHAR"]
    found = text_types(here, sample, [shapes_of(here, sample, name) for name in texts], fixed_marks=True)
    # A database's declaration says no formats: days and times in another one stay text.
    iso = not any(option in found.options for option in ("date_format", "timestamp_format"))
    other = "days or times, not in ISO 8601: cast in staging"
    by_name = {
        column.name: FoundColumn(column.name, "VARCHAR", other)
        if column.type in {"DATE", "TIMESTAMP"} and not iso
        else column
        for column in found.columns
    }
    if is_sqlite:
        return sqlite_columns(here, sample, rows.columns, by_name)
    out = []
    for column in rows.columns:
        if column.read_as != "VARCHAR":
            out.append(typed_column(here, sample, column.name, column.read_as))
            continue
        guessed = by_name[column.name]
        if (declared := _POSTGRES_NUMERIC.fullmatch(column.kind)) and int(declared[1]) <= _MOST_DIGITS:
            out.append(FoundColumn(column.name, f"DECIMAL({declared[1]}, {declared[2]})"))
            continue
        if guessed.because == other:
            out.append(guessed)
        elif _TEXTS.search(column.kind) and guessed.type not in {"DATE", "TIMESTAMP"}:
            out.append(FoundColumn(column.name, "VARCHAR"))
        elif _FLOATS.search(column.kind) and guessed.type.startswith("DECIMAL"):
            out.append(replace(guessed, because=f"{column.kind} at the source; no value needs more digits"))
        elif _NUMBERS.search(column.kind) and guessed.type in {"INTEGER", "BIGINT"}:
            out.append(replace(guessed, type="DECIMAL(18, 2)", because=f"{column.kind} at the source; whole so far"))
        else:
            out.append(guessed)
    return tuple(out)


def _load(columns: Sequence[FoundColumn], key: Sequence[str], count: int) -> tuple[Guess, dict[str, Guess]]:
    cursor = cursor_of(columns)
    if cursor is None or not key:
        lacks = "no column says when a row was changed" if key else "there is no key"
        return Guess("full", f"{lacks}, so the whole table is read each time"), {}
    if count < _WORTH_AN_INCREMENT:
        because = f"{count:,} rows are read in a moment; if it grows: incremental, with cursor {cursor.name}"
        return Guess("full", because), {}
    return Guess("incremental", f"{count:,} rows, of which only the changed ones are read"), {
        "cursor": Guess(cursor.name, "a guess by its name: does every change of a row set it?"),
        "overlap": Guess("1 day", "for changes that are committed late"),
        "full_every_days": Guess(7, "rows that are deleted are seen then"),
    }


def _place_note(kind: str, connection: str) -> str:
    if kind == "sqlite":
        return ""
    return f"set {connection.strip('${}')} where Tieout runs; it holds the password"
