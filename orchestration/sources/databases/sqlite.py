"""Reading SQLite through DuckDB's scanner: every value as text, typed by the declaration.

SQLite holds a text in an INTEGER column as well as a number; the scanner, asked for the declared type, refuses the
whole table then. So SQLite is asked for text, which gives a number all digits that it has; what does not fit goes to
quarantine. A BLOB becomes its bytes in hexadecimal; but where a number is declared and the bytes are the text of one,
as Python programs keep decimals, it is that text.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import duckdb

from orchestration.sources.databases.relations import (
    ATTACHED,
    KnownRelation,
    Relation,
    RelationColumn,
    RelationRows,
    name_parts,
    no_such_relation,
)
from orchestration.sources.declaration.tables import SourceColumn, SourceTable
from orchestration.sources.errors import MissingSourceError, UnreadableSourceError
from orchestration.sources.rows.extracts import Since
from orchestration.sources.sql import identifier, literal

_BEGINNING = b"SQLite format 3\0"
_NUMBER = "DECIMAL(38, 9)"
_HIDDEN = "1"
"""Of a virtual table: a column that SELECT * does not give."""


class Sqlite:
    """An SQLite file, attached; see `relations.Database`."""

    extension: ClassVar[str] = "sqlite_scanner"

    def __init__(self, connection: duckdb.DuckDBPyConnection, system: str, file: Path) -> None:
        self._connection, self._system, self._file = connection, system, file

    @staticmethod
    def attach(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        """Attach the file, read-only, under the name `ATTACHED`. Raises a `SourceError` if it is no database."""
        try:
            with file.open("rb") as handle:
                beginning = handle.read(len(_BEGINNING))
        except OSError as error:
            raise MissingSourceError(
                f"{file}: the database cannot be opened: {error.strerror}. Check that it is there and permitted."
            ) from error
        if beginning not in {_BEGINNING, b""}:
            raise UnreadableSourceError(f"{file}: this is not an SQLite database, or it is encrypted.")
        connection.execute(f"ATTACH {literal(str(file))} AS {ATTACHED} (TYPE sqlite, READ_ONLY)")

    def rows(self, table: SourceTable, since: Since | None) -> RelationRows:
        """Return how to read the table's relation; see `relations.Database`."""
        relation = Relation(table.relation or "", self._system)
        schema, name = name_parts(relation.name, "main", what=self._system)
        there = self._ask("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')")
        kind = {str(found).casefold(): kind for kind, found in there}.get(name.casefold())
        if schema.casefold() != "main" or kind is None:
            raise no_such_relation(relation, [("main", str(found)) for _, found in there])
        described = self._ask(f"SELECT name, type, hidden FROM pragma_table_xinfo({literal(name)})")
        columns = tuple(
            RelationColumn(str(column), str(declared), "VARCHAR", "VARCHAR")
            for column, declared, hidden in described
            if hidden != _HIDDEN
        )
        numbers = {name for name, column in table.columns.items() if _is_number(column)}
        listed = ", ".join(
            f"{_as_text(column.name, is_number=column.name in numbers)} AS {identifier(column.name)}"
            for column in columns
        )
        query = f"SELECT * FROM {_query(f'SELECT {listed} FROM {identifier(name)}')}"
        if since:
            return RelationRows(f"{query} WHERE {_since(table, since)}", columns, None)
        if kind == "view":
            return RelationRows(query, columns, None)
        ((row_count,),) = self._ask(f"SELECT count(*) FROM {identifier(name)}")
        return RelationRows(query, columns, int(str(row_count)))

    def relations(self) -> list[KnownRelation]:
        """Return what there is; see `relations.Database`."""
        there = self._ask(
            "SELECT name, type = 'view' FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        found = []
        for name, is_view in there:
            keys = self._ask(f"SELECT name FROM pragma_table_info({literal(str(name))}) WHERE pk > 0 ORDER BY pk")
            found.append(KnownRelation("main", str(name), str(is_view) == "1", tuple(str(key) for (key,) in keys)))
        return found

    def newest(self, table: SourceTable) -> str | None:
        """Return a text that changes with the relation; see `relations.Database`."""
        if not table.cursor:
            marks = [file.stat() for suffix in ("", "-wal") if (file := Path(f"{self._file}{suffix}")).exists()]
            return " ".join(f"{mark.st_size} {mark.st_mtime_ns}" for mark in marks)
        _, name = name_parts(table.relation or "", "main", what=self._system)
        ((newest,),) = self._ask(f"SELECT max({identifier(table.cursor)} COLLATE BINARY) FROM {identifier(name)}")
        return None if newest is None else str(newest)

    def _ask(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(f"SELECT * FROM {_query(query)}").fetchall()


def _query(query: str) -> str:
    return f"sqlite_query({literal(ATTACHED)}, {literal(query)})"


def _is_number(column: SourceColumn) -> bool:
    return column.scale is not None or column.type in {"DOUBLE", "FLOAT"}


def _as_text(column: str, *, is_number: bool) -> str:
    """Return SQLite's expression for a value as text; a floating-point number gets as many digits as it needs.

    A text ends at a byte 0 for SQLite's functions, so that bytes with one are no digits.
    """
    name = identifier(column)
    text = f"CAST({name} AS TEXT)"
    hexadecimal = f"'\\x' || lower(hex({name}))"
    blob = hexadecimal
    if is_number:
        is_digits = f"{text} NOT GLOB '*[^-+.0-9]*' AND length({text}) = length({name})"
        is_zero = " OR ".join(f"{text} = '0E-{scale}'" for scale in range(7, 20))  # as Python writes 0.0000000
        blob = f"CASE WHEN {is_digits} THEN {text} WHEN {is_zero} THEN '0' ELSE {hexadecimal} END"
    return (
        f"CASE WHEN typeof({name}) = 'real' AND CAST({text} AS REAL) <> {name} "
        f"THEN printf('%!.17g', {name}) WHEN typeof({name}) = 'blob' THEN {blob} ELSE {text} END"
    )


def _since(table: SourceTable, since: Since) -> str:
    """Return DuckDB's condition for rows to be read; a cursor that cannot be compared is read, to be quarantined."""
    kind = table.columns[table.cursor or ""].type
    name, value = identifier(table.cursor or ""), since.value
    if kind == "VARCHAR":
        compared, told = name, literal(str(value))
    elif isinstance(value, date):
        compared, told = f"TRY_CAST({name} AS TIMESTAMP)", f"TIMESTAMP {literal(str(value))}"
    else:
        compared, told = f"TRY_CAST({name} AS {_NUMBER})", f"{Decimal(str(value)):f}::{_NUMBER}"
    return f"({compared} {'>=' if since.is_inclusive else '>'} {told} OR {compared} IS NULL)"
