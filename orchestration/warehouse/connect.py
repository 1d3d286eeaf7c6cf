"""Opening the two database files: the warehouse (one writer) and the published mart (any number of readers).

Belongs here: connections, their limits, and attaching one file to another's connection. What is done with a
connection does not.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.settings import Settings, settings
from orchestration.warehouse.errors import MartMissing, WarehouseMissing, mart_fault, warehouse_fault


@dataclass(frozen=True)
class Limits:
    """What one connection may use: memory as DuckDB spells it ("1GB"), threads, and the folder that it spills to."""

    memory_limit: str
    threads: int
    temp_directory: Path

    @classmethod
    def of(cls, installation: Settings) -> "Limits":
        """Return the limits that an installation's settings give."""
        return cls(installation.memory_limit, installation.threads, installation.data / "tmp")

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """Return the limits as DuckDB's configuration."""
        return {
            "memory_limit": self.memory_limit,
            "threads": self.threads,
            "temp_directory": str(self.temp_directory),
        }


def open_warehouse(
    path: Path | None = None, *, read_only: bool = False, limits: Limits | None = None
) -> duckdb.DuckDBPyConnection:
    """Open the warehouse file, for writing unless `read_only`; a missing file is created for a writer.

    One writer at a time, and no reader beside it: DuckDB locks the file against every other process. Close the
    connection soon.

    Raises `WarehouseMissing` if there is no file to read, `WarehouseLocked` if another process or another connection of
    this one has it, and `NotADatabase` if DuckDB cannot open it.
    """
    path = path or settings().warehouse
    limits = limits or Limits.of(settings())
    if read_only:
        _require_warehouse(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return duckdb.connect(path, read_only=read_only, config=limits.config())
    except duckdb.Error as error:
        raise warehouse_fault(error, path) from error


def open_mart(path: Path | None = None, *, limits: Limits | None = None) -> duckdb.DuckDBPyConnection:
    """Open the published mart as it is now, read-only; tables are named `schema.table`.

    The file is attached to a connection of its own: `duckdb.connect(path)` would hand back the old content for as
    long as this process has an older connection to the same path. An open connection keeps the mart that it opened,
    also after the next publication.

    Raises `MartMissing` if nothing has been published yet, `MartLocked` if somebody has opened the file for writing,
    and `NotADatabase` if DuckDB cannot open it.
    """
    path = path or settings().published_mart
    connection = duckdb.connect(config=(limits or Limits.of(settings())).config())
    try:
        attach_mart(connection, path, "mart")
    except BaseException:
        connection.close()
        raise
    connection.execute("use mart")
    return connection


def attach_warehouse(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach the warehouse file at `path` to `connection` as `alias`, read-only. Raises as `open_warehouse`."""
    _require_warehouse(path)
    try:
        connection.execute(f"attach {literal(path)} as {identifier(alias)} (read_only)")
    except duckdb.Error as error:
        raise warehouse_fault(error, path) from error


def attach_mart(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach the published mart at `path` to `connection` as `alias`, read-only. Raises as `open_mart`."""
    if not path.exists():
        raise MartMissing(
            f"There is no published mart at {path} yet. Run `tieout run` first: it builds, checks and publishes it."
        )
    try:
        connection.execute(f"attach {literal(path)} as {identifier(alias)} (read_only)")
    except duckdb.Error as error:
        raise mart_fault(error, path) from error


def identifier(name: str) -> str:
    """Return `name` quoted as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return `value`'s text quoted as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def _require_warehouse(path: Path) -> None:
    if not path.exists():
        raise WarehouseMissing(
            f"There is no warehouse at {path} yet. Run `tieout run` first: it lands the sources and builds it."
        )
