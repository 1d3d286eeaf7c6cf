"""Reading PostgreSQL through DuckDB's scanner, so that no digit is lost.

The scanner reads a whole table with several threads. On the way it makes 0 of NaN, a floating-point number of a NUMERIC
without precision, and another year of a time after 294246. So the server counts such values first, in the same
snapshot. What the scanner would not give exactly is asked for as text instead, with one thread, and so is everything
that needs a condition, which the server then applies.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

import duckdb

from orchestration.sources.databases.address import Address
from orchestration.sources.databases.relations import (
    ATTACHED,
    KnownRelation,
    Relation,
    RelationColumn,
    RelationRows,
    name_parts,
    no_such_relation,
    utc,
)
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import AccessError, DriftError
from orchestration.sources.rows.extracts import Since
from orchestration.sources.sql import identifier, literal

_SCANNED_AS = {
    "boolean": "BOOLEAN",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double precision": "DOUBLE",
    "date": "DATE",
    "time without time zone": "TIME",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "bytea": "BLOB",
    "uuid": "UUID",
    "text": "VARCHAR",
    "character varying": "VARCHAR",
    "character": "VARCHAR",
    "json": "VARCHAR",
    "jsonb": "VARCHAR",
}
"""The DuckDB type that the scanner gives of a type whose values it gives exactly, apart from those in `_distorted`."""

_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_LENGTH = re.compile(r"\(\d+\)")
_MAX_DIGITS = 38
_TIMES = {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}
_BEYOND = "'294247-01-01'"
"""DuckDB's TIMESTAMP ends in the days after."""

_RELATION_KINDS = {"r": "table", "p": "partitioned table", "m": "materialized view", "v": "view", "f": "foreign table"}
_CURSOR_CATEGORIES = {"DATE": "D", "TIMESTAMP": "D"}
"""PostgreSQL's categories of types that a cursor may be of, by its declared type; N, numbers, for all others."""

_CONNECTION = {
    "application_name": "tieout",
    "connect_timeout": "10",
    "keepalives_idle": "60",
    "keepalives_interval": "10",
    "keepalives_count": "6",
}
"""libpq's settings unless the connection says otherwise. A server that is silent for two minutes is taken for gone."""


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str
    category: str

    @property
    def scanned_as(self) -> str | None:
        """The DuckDB type in which the scanner gives it; None where that is not exact."""
        if numeric := _NUMERIC.fullmatch(self.kind):
            fits = int(numeric[2]) <= int(numeric[1]) <= _MAX_DIGITS
            return f"DECIMAL({numeric[1]},{numeric[2]})" if fits else None
        if self.category == "E":
            return "ENUM"
        return _SCANNED_AS.get(_LENGTH.sub("", self.kind))

    @property
    def landed_as(self) -> str:
        """The type in which it lands if it is not declared."""
        kind = self.scanned_as or "VARCHAR"
        return {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP", "BLOB": "VARCHAR", "UUID": "VARCHAR", "ENUM": "VARCHAR"}.get(
            kind, kind
        )

    @property
    def distorted(self) -> str | None:
        """The server's condition for values that the scanner does not give exactly."""
        if self.kind.startswith("numeric"):
            return f"{identifier(self.name)} = 'NaN'"
        if self.scanned_as in _TIMES:
            return f"{identifier(self.name)} >= {_BEYOND} AND {identifier(self.name)} <> 'infinity'"
        return None

    @property
    def asked(self) -> str:
        """The server's expression whose values arrive exactly. A time that DuckDB cannot hold becomes infinity."""
        name = identifier(self.name)
        if self.scanned_as in _TIMES:
            return f"CASE WHEN {name} >= {_BEYOND} THEN 'infinity' ELSE {name} END"
        if self.scanned_as is None or self.scanned_as.startswith("DECIMAL"):
            return f"{name}::text"
        return name

    def read(self, *, as_text: bool) -> tuple[str, RelationColumn]:
        """Return DuckDB's expression over what arrives, and the column it gives."""
        name, arrives = identifier(self.name), "VARCHAR" if as_text else self.scanned_as or "VARCHAR"
        value, read_as = {
            "TIMESTAMP WITH TIME ZONE": (utc(name), "TIMESTAMP"),
            "BLOB": (rf"'\x' || lower(hex({name}))", "VARCHAR"),
            "UUID": (f"{name}::VARCHAR", "VARCHAR"),
            "ENUM": (f"{name}::VARCHAR", "VARCHAR"),
        }.get(arrives, (name, arrives))
        return f"{value} AS {name}", RelationColumn(self.name, self.kind, read_as, self.landed_as)


class Postgres:
    """A PostgreSQL database, attached; see `relations.Database`."""

    extension: ClassVar[str] = "postgres_scanner"

    def __init__(self, connection: duckdb.DuckDBPyConnection, system: str) -> None:
        self._connection, self._system = connection, system

    @staticmethod
    def attach(connection: duckdb.DuckDBPyConnection, address: Address) -> None:
        """Attach the database, read-only, under the name `ATTACHED`."""
        settings = _CONNECTION | address.settings
        told = " ".join(f"{name}={_quoted(value)}" for name, value in settings.items())
        options = "TYPE postgres, READ_ONLY"
        if address.password is not None:
            connection.execute(f"CREATE SECRET tieout (TYPE postgres, PASSWORD {literal(address.password)})")
            options += ", SECRET tieout"
        connection.execute(f"ATTACH {literal(told)} AS {ATTACHED} ({options})")

    def rows(self, table: SourceTable, since: Since | None) -> RelationRows:
        """Return how to read the table's relation; see `relations.Database`."""
        relation = Relation(table.relation or "", self._system)
        kind, place, columns = self._described(relation)
        where = f" WHERE {_since(relation, table, columns, since)}" if since else ""
        if kind == "view":
            return _asked(columns, place, where, None)
        return replace(self._counted(place, columns, where), has_unique_keys=self._has_unique_keys(place, table))

    def _counted(self, place: str, columns: Sequence[_Column], where: str) -> RelationRows:
        """Return how rows are read that the server counts first."""
        distorted = [column.distorted for column in columns if column.distorted]
        counts = ["count(*)", *(f"count(*) FILTER (WHERE {found}) AS odd_{n}" for n, found in enumerate(distorted))]
        row_count, *odd = self._ask(f"SELECT {', '.join(counts)} FROM {place}{where}")[0]
        if where or any(odd) or any(column.scanned_as is None for column in columns):
            return _asked(columns, place, where, int(str(row_count)))
        return _rows([column.read(as_text=False) for column in columns], f"{ATTACHED}.{place}", int(str(row_count)))

    def relations(self) -> list[KnownRelation]:
        """Return what the user may read; see `relations.Database`."""
        found = self._ask(
            "SELECT n.nspname::text, c.relname::text, c.relkind IN ('v', 'm'), (SELECT string_agg(a.attname, chr(31) "
            "ORDER BY k.place) FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(number, place), pg_attribute a "
            "WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.number) "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' "
            "AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'usage') "
            "AND has_table_privilege(c.oid, 'select') ORDER BY 1, 2"
        )
        return [
            KnownRelation(str(schema), str(name), bool(is_view), tuple(str(key).split(chr(31))) if key else ())
            for schema, name, is_view, key in found
        ]

    def newest(self, table: SourceTable) -> str | None:
        """Return a text that changes with the relation; see `relations.Database`."""
        relation = Relation(table.relation or "", self._system)
        schema, name = name_parts(relation.name, "public", what=self._system)
        if table.cursor:
            cursor = identifier(table.cursor)
            compared = f'{cursor}::text COLLATE "C"' if table.columns[table.cursor].type == "VARCHAR" else cursor
            found = self._ask(f"SELECT max({compared})::text FROM {identifier(schema)}.{identifier(name)}")
        else:
            found = self._ask(
                "SELECT concat_ws(' ', relid, n_tup_ins, n_tup_upd, n_tup_del) FROM pg_stat_all_tables "
                f"WHERE schemaname = {literal(schema)} AND relname = {literal(name)}"
            )
        return str(found[0][0]) if found and found[0][0] is not None else None

    def _described(self, relation: Relation) -> tuple[str, str, list[_Column]]:
        """Return what the relation is, its name for SQL, and its columns."""
        schema, name = name_parts(relation.name, "public", what=self._system)
        found = self._ask(
            "SELECT c.relkind::text, a.attname::text, format_type(a.atttypid, a.atttypmod), t.typcategory::text, "
            "has_column_privilege(c.oid, a.attnum, 'select') AND has_schema_privilege(n.oid, 'usage') "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
            "JOIN pg_type t ON t.oid = a.atttypid "
            f"WHERE n.nspname = {literal(schema)} AND c.relname = {literal(name)} "
            "AND c.relkind IN ('r','p','m','v','f') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        )
        if not found:
            raise no_such_relation(relation, self._relations())
        if closed := [str(column) for _, column, _, _, is_open in found if not is_open]:
            of = "" if len(closed) == len(found) else f" its columns {', '.join(closed)}"
            raise AccessError(
                f"{relation.path}: the database's user may not read{of or ' it'}. "
                f"Let it: GRANT USAGE ON SCHEMA {identifier(schema)}, GRANT SELECT ON {identifier(schema)}."
                f"{identifier(name)}, to the user of the connection."
            )
        columns = [_Column(str(column), str(kind), str(category)) for _, column, kind, category, _ in found]
        return _RELATION_KINDS[str(found[0][0])], f"{identifier(schema)}.{identifier(name)}", columns

    def _has_unique_keys(self, place: str, table: SourceTable) -> bool:
        """Return whether a unique index over some of the declared keys, none of them nullable, guarantees them."""
        if not table.keys:
            return False
        keys = ", ".join(literal(key) for key in table.keys)
        found = self._ask(
            "SELECT 1 AS found FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
            "AND a.attnum = ANY (i.indkey[:i.indnkeyatts - 1]) "
            f"WHERE i.indrelid = {literal(place)}::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL "
            "AND i.indexprs IS NULL "
            f"GROUP BY i.indexrelid HAVING bool_and(a.attnotnull AND a.attname IN ({keys})) LIMIT 1"
        )
        return bool(found)

    def _relations(self) -> list[tuple[str, str]]:
        return [
            (str(schema), str(name))
            for schema, name in self._ask(
                "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE c.relkind IN ('r','p','m','v','f') AND n.nspname NOT LIKE 'pg\\_%' "
                "AND n.nspname <> 'information_schema'"
            )
        ]

    def _ask(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(f"SELECT * FROM {_query(query)}").fetchall()


def _asked(columns: Sequence[_Column], place: str, where: str, row_count: int | None) -> RelationRows:
    """Return how the server is asked for rows, by one query."""
    listed = ", ".join(f"{column.asked} AS {identifier(column.name)}" for column in columns)
    read = [column.read(as_text=column.asked.endswith("::text")) for column in columns]
    return _rows(read, _query(f"SELECT {listed} FROM {place}{where}"), row_count)


def _rows(read: Sequence[tuple[str, RelationColumn]], source: str, row_count: int | None) -> RelationRows:
    query = f"SELECT {', '.join(value for value, _ in read)} FROM {source}"
    return RelationRows(query, tuple(column for _, column in read), row_count)


def _query(query: str) -> str:
    return f"postgres_query({literal(ATTACHED)}, {literal(query)})"


def _since(relation: Relation, table: SourceTable, columns: Sequence[_Column], since: Since) -> str:
    """Return the server's condition for rows to be read; text is compared by its bytes, as the mark was found."""
    kind = table.columns[table.cursor or ""].type
    column = next((column for column in columns if column.name == table.cursor), None)
    if column is None:
        return "true"
    wanted = _CURSOR_CATEGORIES.get(kind, "N")
    if kind != "VARCHAR" and column.category != wanted:
        raise DriftError(
            f"{relation.path}: the cursor {column.name} is {column.kind} in the database and declared as {kind}, which "
            "the server cannot compare. Declare it as VARCHAR if its text grows with each change, or cast it in a view."
        )
    name, value = identifier(column.name), since.value
    if kind == "VARCHAR":
        name, told = f'{name}::text COLLATE "C"', literal(str(value))
    elif isinstance(value, datetime):
        zone = "+00" if column.scanned_as == "TIMESTAMP WITH TIME ZONE" else ""
        told = f"{'timestamptz' if zone else 'timestamp'} {literal(value.isoformat(sep=' ') + zone)}"
    else:
        told = f"date {literal(value.isoformat())}" if isinstance(value, date) else f"numeric {literal(str(value))}"
    return f"({name} {'>=' if since.is_inclusive else '>'} {told} OR {identifier(column.name)} IS NULL)"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
