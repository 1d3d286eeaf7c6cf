"""How Great Expectations talks to DuckDB: a SQLAlchemy dialect that leaves transactions alone, read-only.

Great Expectations fetches rows after it has given the connection back to the pool; the rollback on return would drop
DuckDB's pending result and every expectation would fail with `IndexError: list index out of range`. Checks only read,
so this dialect begins, commits and rolls back nothing.
"""

from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy
from duckdb_sqlalchemy import Dialect

from orchestration.errors import TieoutError

DRIVER = "duckdb.autocommit"


class AutocommitDialect(Dialect):
    """DuckDB with every statement in its own transaction."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Leave the transaction to DuckDB."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Leave the transaction to DuckDB."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Keep the pending result: there is nothing to roll back."""


sqlalchemy.dialects.registry.register(DRIVER, __name__, AutocommitDialect.__name__)


class WarehouseUnavailableError(TieoutError):
    """The DuckDB file cannot be read: it is not there, no DuckDB file, or another process is writing it."""


def connection_string(database: Path, *, memory_limit: str, threads: int) -> str:
    """Return the SQLAlchemy URL that opens `database` read-only, with the dialect above and DuckDB's limits."""
    limits = {"access_mode": "READ_ONLY", "memory_limit": memory_limit, "threads": str(threads)}
    url = sqlalchemy.URL.create(DRIVER.replace(".", "+"), database=str(database), query=limits)
    return url.render_as_string(hide_password=False)


def open_read_only(database: Path, *, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """Open `database` for reading, outside Great Expectations.

    Raises WarehouseUnavailableError with what to do when the file is missing, locked by a writer or not a DuckDB file.
    """
    if not database.is_file():
        raise WarehouseUnavailableError(f"{database} does not exist: build the warehouse before checking it")
    try:
        return duckdb.connect(database, read_only=True, config={"memory_limit": memory_limit, "threads": threads})
    except duckdb.Error as error:
        raise WarehouseUnavailableError(
            f"{database} cannot be opened for reading: another process is writing it, or it is not a DuckDB file. "
            f"Wait for the running refresh to end, then check again. DuckDB says: {str(error).splitlines()[0]}"
        ) from error
