"""What a published mart consists of, and the hash of its content.

Belongs here: which tables are published, their shape as the catalogue knows it, and the hash over their rows. Copying
them does not.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import duckdb

from orchestration.warehouse.connect import identifier, literal

PUBLISHED_SCHEMAS = ("kpi", "finance", "operations", "meta")
"""The schemas of the warehouse that are copied, whole. Everything else (raw, staging, core) stays inside."""

PUBLICATION_TABLES = frozenset({"publication", "check_result", "source_batch", "source_freshness"})
"""Names in schema `meta` that publishing itself writes; they are not part of the content."""


@dataclass(frozen=True)
class Column:
    """One column of a published table: DuckDB's type, and what the catalogue says about it."""

    name: str
    data_type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    """One published table, or a view of the warehouse that is published as a table."""

    schema: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]

    @property
    def label(self) -> str:
        """`schema.table`, for people."""
        return f"{self.schema}.{self.name}"

    def quoted(self, database: str) -> str:
        """Return the table's name in an attached database, quoted for SQL."""
        return ".".join(identifier(part) for part in (database, self.schema, self.name))


@dataclass(frozen=True)
class TableDigest:
    """How many rows a table has, and a digest of its shape and rows that does not depend on their order."""

    table: Table
    rows: int
    digest: str


def published_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[Table]:
    """Return what is to be published of an attached warehouse, by schema (in the order of the contract) and name."""
    here = literal(database)
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    own = ", ".join(literal(name) for name in sorted(PUBLICATION_TABLES))
    rows = connection.execute(
        f"""
        with relation as (
            select schema_name, table_name as name, comment from duckdb_tables() where database_name = {here}
            union all
            select schema_name, view_name, comment from duckdb_views() where database_name = {here} and not internal
        )
        select r.schema_name, r.name, r.comment, c.column_name, c.data_type, c.is_nullable, c.comment
        from relation as r
        join duckdb_columns() as c on c.database_name = {here} and c.schema_name = r.schema_name and c.table_name =
        r.name where r.schema_name in ({schemas}) and not (r.schema_name = 'meta' and r.name in ({own})) order by
        list_position([{schemas}], r.schema_name), r.name, c.column_index
        """
    ).fetchall()
    columns: dict[tuple[str, str, str | None], list[Column]] = {}
    for schema, name, comment, *column in rows:
        columns.setdefault((schema, name, comment), []).append(Column(*column))
    return [Table(schema, name, comment, tuple(found)) for (schema, name, comment), found in columns.items()]


def digest(connection: duckdb.DuckDBPyConnection, database: str, table: Table) -> TableDigest:
    """Return the digest of one table of an attached database.

    The rows' hashes are added up in HUGEINT: a sum does not depend on the order, and counts repeated rows, which XOR
    would cancel. They are DuckDB's own, an eighth of the time of MD5 over text; another version of DuckDB may hash
    otherwise, so the version is part of the digest.
    """
    rows, total = _one_row(
        connection.execute(
            f"""
            select count(*), coalesce(sum(hash("published row")::hugeint), 0)
            from {table.quoted(database)} as "published row"
            """
        )
    )
    shape = json.dumps(asdict(table), sort_keys=True)
    told = f"{duckdb.__version__}\n{shape}\n{rows} {total}"
    return TableDigest(table, rows, hashlib.sha256(told.encode()).hexdigest())


def content_hash(digests: Iterable[TableDigest]) -> str:
    """Return one hash (64 hexadecimal digits) over all published tables, in whatever order they come."""
    lines = sorted(f"{table.table.label} {table.digest}" for table in digests)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _one_row(result: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    row = result.fetchone()
    if row is None:  # an aggregate without GROUP BY gives exactly one row
        raise AssertionError(row)
    return row[0], row[1]
