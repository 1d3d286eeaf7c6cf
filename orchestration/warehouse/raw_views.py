"""Schema `raw` of the warehouse: a view per source table over exactly its current batches, with the lineage columns.

Belongs here: what dbt's sources read. No row is changed, dropped or copied: the data stays in the lake's Parquet files.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import duckdb

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.warehouse.connect import identifier, literal
from orchestration.warehouse.errors import RawTableUndeclared

SCHEMA = "raw"


def register_raw_views(
    connection: duckdb.DuckDBPyConnection,
    lake: RawLake,
    systems: Iterable[SourceSystem],
    *,
    as_of: datetime | None = None,
) -> list[str]:
    """Make schema `raw` hold one view `<system>__<table>` per declared table, over its current batches.

    A view is over the table's current rows, as `orchestration.sources.lake.current_rows` gives them. A table without a
    batch gives an empty view of the declared columns. A view that is already right is not written again, one that is no
    longer declared is dropped.

    Takes the warehouse, open for writing. With `as_of` (a time with zone) the batches are those that were current then.
    Returns the names of the views, in the order of the declarations.
    Raises `RawTableUndeclared` if a table has neither a batch nor declared columns, and `LakeError` if a batch is not
    what was landed.
    """
    wanted = {
        f"{system.name}__{table.name}": _query(lake, system.name, table, as_of)
        for system in systems
        for table in system.tables
    }
    connection.execute("begin")
    try:
        connection.execute(f"create schema if not exists {SCHEMA}")
        present = dict(
            connection.execute(
                "select view_name, comment from duckdb_views() "
                f"where database_name = current_database() and schema_name = {literal(SCHEMA)} and not internal"
            ).fetchall()
        )
        for name in present.keys() - wanted.keys():
            connection.execute(f"drop view {SCHEMA}.{identifier(name)}")
        for name, query in wanted.items():
            stamp = f"The current batches of one source table. Made by Tieout from query {_fingerprint(query)}."
            if present.get(name) != stamp:
                connection.execute(f"create or replace view {SCHEMA}.{identifier(name)} as {query}")
                connection.execute(f"comment on view {SCHEMA}.{identifier(name)} is {literal(stamp)}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return list(wanted)


def _query(lake: RawLake, system: str, table: SourceTable, as_of: datetime | None) -> str:
    batches = lake.current(system, table.name, as_of=as_of)
    lake.require_whole(batches)
    return current_rows(lake, table, batches) if batches else _empty(system, table)


def _empty(system: str, table: SourceTable) -> str:
    if not table.columns:
        raise RawTableUndeclared(
            f"Nothing has landed yet for {system}.{table.name}, and its columns are not declared, so its view cannot "
            f"be made. Land it (see the message of asset raw/{system}/{table.name}), or declare its columns in the "
            "system's defs.yaml."
        )
    declared = {name: column.type for name, column in table.columns.items()}
    lineage = {
        "source_row": "bigint",
        "source_system": "varchar",
        "source_table": "varchar",
        "batch_id": "varchar",
        "known_at": "timestamp",
        "source_file": "varchar",
    }
    columns = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in (declared | lineage).items())
    return f"select {columns} where false"


def _fingerprint(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:16]
