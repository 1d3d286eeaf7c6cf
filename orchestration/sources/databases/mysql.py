"""Reading MySQL and MariaDB through DuckDB's scanner.

Only tables that are attached are read in the transaction, so the scanner's types are what there is: what it would not
give exactly is refused, with the way out, which is a view that casts the column to CHAR. A date 0000-00-00 arrives as
no value; that is reported.
"""

import re
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
from orchestration.sources.errors import DriftError, UnreadableSourceError
from orchestration.sources.rows.extracts import Since
from orchestration.sources.sql import identifier, literal

_NAMES = {"dbname": "database", "unix_socket": "socket"}
_DECIMAL = re.compile(r"decimal\((\d+),\d+\)")
_MAX_DIGITS = 38
_DATES = {"date", "datetime", "timestamp"}
_WAY_OUT = "Read a view that casts the column to CHAR instead, and declare its type here."


class MySql:
    """A MySQL or MariaDB database, attached; see `relations.Database`."""

    extension: ClassVar[str] = "mysql_scanner"

    def __init__(self, connection: duckdb.DuckDBPyConnection, system: str, schema: str) -> None:
        self._connection, self._system, self._schema = connection, system, schema

    @staticmethod
    def attach(connection: duckdb.DuckDBPyConnection, address: Address) -> None:
        """Attach the server, read-only, under the name `ATTACHED`."""
        connection.execute(
            "SET mysql_session_time_zone = '+00:00'; SET mysql_tinyint1_as_boolean = false; "
            "SET mysql_bit1_as_boolean = false; SET mysql_query_timeout_enabled = false"
        )
        settings = {_NAMES.get(name, name): value for name, value in address.settings.items()}
        if address.password is not None:
            settings["password"] = address.password
        said = ", ".join(f"{identifier(name)} {literal(value)}" for name, value in settings.items())
        connection.execute(f"CREATE SECRET tieout (TYPE mysql, {said})")
        connection.execute(f"ATTACH '' AS {ATTACHED} (TYPE mysql, READ_ONLY, SECRET tieout)")

    def rows(self, table: SourceTable, since: Since | None) -> RelationRows:
        """Return how to read the table's relation; see `relations.Database`."""
        relation = Relation(table.relation or "", self._system)
        schema, name = name_parts(relation.name, self._schema, what=self._system)
        described = self._ask(
            "SELECT c.column_name, c.column_type, c.data_type, t.table_type FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            f"WHERE table_schema = {_text(schema)} AND table_name = {_text(name)} ORDER BY c.ordinal_position"
        )
        if not described:
            raise no_such_relation(relation, self._relations())
        if any("`" in part for part in (schema, name, *(str(column) for column, *_ in described))):
            raise UnreadableSourceError(
                f"{relation.path}: a name in it holds a backtick, which DuckDB's scanner cannot quote. Read a view "
                "with other names instead."
            )
        parts = [""]
        if since:
            # The scanner passes a comparison on to the server, but not IS NULL, so ask first whether that is needed.
            undated = self._ask(
                f"SELECT 1 FROM `{schema}`.`{name}` WHERE {_since(table, since, in_mysql=True)[1]} LIMIT 1"
            )
            parts = [f" WHERE {found}" for found in _since(table, since, in_mysql=False)[: 2 if undated else 1]]
        warnings = self._check_dates(relation, table, f"`{schema}`.`{name}`", described, since)
        self._connection.execute(
            f"SET mysql_experimental_filter_pushdown = {not (since and isinstance(since.value, str))}"
        )
        place = f"{ATTACHED}.{identifier(schema)}.{identifier(name)}"
        arriving = self._connection.execute(f"DESCRIBE {place}").fetchall()
        columns, values = [], []
        for (column, kind, *_), (_, arrives, *_) in zip(described, arriving, strict=True):
            digits = _DECIMAL.match(str(kind))
            if digits and int(digits[1]) > _MAX_DIGITS:
                raise DriftError(
                    f"{relation.path}: column {column} is {kind}, of which DuckDB's scanner gives a floating-point "
                    f"number only. {_WAY_OUT}"
                )
            value, read_as = _value(identifier(str(column)), arrives)
            values.append(f"{value} AS {identifier(str(column))}")
            columns.append(RelationColumn(str(column), str(kind), read_as, read_as))
        query = " UNION ALL ".join(f"SELECT {', '.join(values)} FROM {place}{where}" for where in parts)
        row_count = None
        if described[0][3] != "VIEW":
            row_count = sum(
                int(count)
                for where in parts
                for (count,) in self._connection.execute(f"SELECT count(*) FROM {place}{where}").fetchall()
            )
        return RelationRows(query, tuple(columns), row_count, tuple(warnings))

    def relations(self) -> list[KnownRelation]:
        """Return what the user may read; see `relations.Database`."""
        keys: dict[tuple[object, object], list[str]] = {}
        for schema, name, column in self._ask(
            "SELECT table_schema, table_name, column_name FROM information_schema.key_column_usage "
            "WHERE constraint_name = 'PRIMARY' ORDER BY ordinal_position"
        ):
            keys.setdefault((schema, name), []).append(str(column))
        found = self._ask(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables "
            f"WHERE table_schema = {_text(self._schema)} ORDER BY table_name"
        )
        return [
            KnownRelation(str(schema), str(name), str(kind) == "VIEW", tuple(keys.get((schema, name), ())))
            for schema, name, kind in found
        ]

    def newest(self, table: SourceTable) -> str | None:
        """Return a text that changes with the relation; see `relations.Database`."""
        schema, name = name_parts(table.relation or "", self._schema, what=self._system)
        if table.cursor:
            cursor = f"`{table.cursor.replace('`', '``')}`"
            compared = f"CAST({cursor} AS BINARY)" if table.columns[table.cursor].type == "VARCHAR" else cursor
            query = f"SELECT CAST(max({compared}) AS CHAR) FROM `{schema}`.`{name}`"
        else:
            query = (
                "SELECT CAST(update_time AS CHAR) FROM information_schema.tables "
                f"WHERE table_schema = {_text(schema)} AND table_name = {_text(name)}"
            )
        found = self._ask(query)
        return str(found[0][0]) if found and found[0][0] is not None else None

    def _check_dates(
        self,
        relation: Relation,
        table: SourceTable,
        place: str,
        described: list[tuple[object, ...]],
        since: Since | None,
    ) -> list[str]:
        """Return warnings of dates that arrive as no value; refuse those that cannot be read."""
        names = [str(column) for column, _, kind, _ in described if kind in _DATES]
        if not names:
            return []
        counts = ", ".join(
            f"CAST(coalesce(sum(`{n}` = 0), 0) AS CHAR), "
            f"CAST(coalesce(sum(`{n}` <> 0 AND (month(`{n}`) = 0 OR day(`{n}`) = 0)), 0) AS CHAR)"
            for n in names
        )
        where = f" WHERE {' OR '.join(_since(table, since, in_mysql=True))}" if since else ""
        counted = [int(str(count)) for count in self._ask(f"SELECT {counts} FROM {place}{where}")[0]]
        for name, incomplete in zip(names, counted[1::2], strict=True):
            if incomplete:
                raise UnreadableSourceError(
                    f"{relation.path}: column {name} holds {incomplete} dates without a month or day, such as "
                    f"2024-01-00, which DuckDB's scanner cannot read. Correct them. {_WAY_OUT}"
                )
        return [
            f"column {name!r} holds 0000-00-00 in {zero} rows; they landed with no value there"
            for name, zero in zip(names, counted[::2], strict=True)
            if zero
        ]

    def _relations(self) -> list[tuple[str, str]]:
        found = self._ask(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')"
        )
        return [(str(schema), str(name)) for schema, name in found]

    def _ask(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(f"SELECT * FROM mysql_query({literal(ATTACHED)}, {literal(query)})").fetchall()


def _value(name: str, arrives: str) -> tuple[str, str]:
    if arrives == "BLOB":
        return rf"'\x' || lower(hex({name}))", "VARCHAR"
    if arrives == "TIMESTAMP WITH TIME ZONE":
        return utc(name), "TIMESTAMP"
    return (f"{name}::VARCHAR", "VARCHAR") if arrives.startswith("ENUM") else (name, arrives)


def _since(table: SourceTable, since: Since, *, in_mysql: bool) -> tuple[str, str]:
    """Return the conditions, of which a row to be read meets one."""
    name, value = table.cursor or "", since.value
    told = _text(str(value)) if in_mysql else literal(str(value))
    if isinstance(value, datetime):
        told = f"TIMESTAMP {told}"
    elif isinstance(value, date):
        told = f"DATE {told}"
    elif not isinstance(value, str):
        told = str(value)
    quoted = f"`{name}`" if in_mysql else identifier(name)
    return f"{quoted} {'>=' if since.is_inclusive else '>'} {told}", f"{quoted} IS NULL"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
