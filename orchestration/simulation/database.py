"""Filling a database with the company, as an ERP holds it: one table per output table, with its key, every row once.

Late, corrected and dirty files do not exist here; `--until` leaves out what was entered later.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from orchestration.simulation.books.columns import TableData, rows, selected
from orchestration.simulation.books.contract import Table, output_tables
from orchestration.simulation.delivery import deliveries, writing
from orchestration.simulation.errors import SimulationError
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.setting.calendars import day_number
from orchestration.simulation.simulate import Options, journal, last_entry_day, make_company, snapshot

_ADDRESS = re.compile(r"(?P<kind>postgresql|postgres|sqlite)://(?P<rest>.+)")
_PORTION_DAYS = 31
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Filled:
    """What was written, and where: the address without its password."""

    address: str
    tables: int
    rows: int
    journal_lines: int


def fill_database(address: str, options: Options) -> Filled:
    """Create and fill the tables.

    `address` is postgresql://user:password@host/database or sqlite:///file. Raises `SimulationError` if it is
    something else, cannot be reached, or has one of the tables already.
    """
    attach = _attachment(address)
    if options.is_dirty:
        raise SimulationError("--dirty plants its dirt in files; leave it out with --into.")
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        _attach(connection, address, attach)
        company, _ = make_company(options)
        try:
            counts = _fill(connection, company, options)
        except duckdb.Error as error:
            fault = _public(str(error).splitlines()[0])
            raise SimulationError(
                f"--into {_public(address)}: the database took no more ({fault}). Nothing was kept; run again."
            ) from error
    return Filled(_public(address), len(counts), sum(counts.values()), counts["journal_line"])


def _fill(connection: duckdb.DuckDBPyConnection, company: Company, options: Options) -> dict[str, int]:
    """Create and fill all tables in one transaction; returns the rows of each."""
    written: dict[str, int] = {}
    connection.execute("BEGIN")
    for table in output_tables().values():
        connection.execute(f"CREATE TABLE erp.{table.name} ({_columns(table)})")
        written[table.name] = 0
        for part in _portions(company, table, options):
            writing.load(connection, part)
            connection.execute(f"INSERT INTO erp.{table.name} {writing.select(table)}")
            written[table.name] += rows(part)
    connection.execute("COMMIT")
    return written


def _attachment(address: str) -> tuple[str, str]:
    """Return the extension's name and the text to attach."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise SimulationError(f"--into {_public(address)}: give postgresql://user@host/database or sqlite:///file.")
    if found["kind"] == "sqlite":
        path = Path(found["rest"].removeprefix("/") if not found["rest"].startswith("//") else found["rest"][1:])
        if not path.name:
            raise SimulationError(f"--into {address}: that names no file. Write sqlite:///erp.db, say.")
        if path.is_dir():
            raise SimulationError(f"--into {address}: {path} is a folder. Name a file, such as {path / 'erp.db'}.")
        if not path.parent.is_dir():
            raise SimulationError(f"--into {address}: there is no folder {path.parent}. Make it first.")
        return "sqlite_scanner", str(path)
    return "postgres_scanner", address


def _public(address: str) -> str:
    """Return the address without its password."""
    return re.sub(r"(://[^:@/]*):[^@]*@", r"\1:***@", address)


def _attach(connection: duckdb.DuckDBPyConnection, address: str, attach: tuple[str, str]) -> None:
    extension, target = attach
    with _opening(address, extension):
        try:
            from duckdb_extensions import import_extension  # noqa: PLC0415 - an optional extra

            import_extension(extension, con=connection)
        except ImportError:
            connection.execute(f"INSTALL {extension}")
        connection.execute(f"LOAD {extension}")
        kind = extension.partition("_")[0]
        connection.execute(f"ATTACH '{target.replace(chr(39), chr(39) * 2)}' AS erp (TYPE {kind})")
        _refuse_tables(connection, address)  # SQLite looks into its file only now


@contextmanager
def _opening(address: str, extension: str) -> Iterator[None]:
    """Turn what DuckDB says of a database that cannot be opened into one message."""
    try:
        yield
    except duckdb.Error as error:
        fault = _public(str(error).splitlines()[0])
        if "file is not a database" in fault:
            raise SimulationError(
                f"--into {_public(address)}: the file is no SQLite database. Name one that is, or a new file."
            ) from None
        raise SimulationError(
            f"--into {_public(address)}: the database cannot be opened ({fault}). Check the address and that it runs; "
            f"DuckDB's extension {extension} comes with the wheel duckdb-extension-{extension.replace('_', '-')}."
        ) from None


def _refuse_tables(connection: duckdb.DuckDBPyConnection, address: str) -> None:
    there = {
        str(row[0])
        for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'erp'").fetchall()
    }
    if taken := sorted(there & set(output_tables())):
        more = f" and {len(taken) - _NAMES_SHOWN} more" if len(taken) > _NAMES_SHOWN else ""
        raise SimulationError(
            f"--into {_public(address)}: there are tables of these names already: {', '.join(taken[:_NAMES_SHOWN])}"
            f"{more}. Give an empty database, or drop them."
        )


def _columns(table: Table) -> str:
    columns = [f'"{c.name}" {c.kind}{"" if c.is_nullable else " NOT NULL"}' for c in table.columns]
    return ", ".join([*columns, f"PRIMARY KEY ({', '.join(table.key)})"])


def _portions(company: Company, table: Table, options: Options) -> Iterator[TableData]:
    last = last_entry_day(company)
    until = min(last, day_number(options.until) - 1) if options.until else last
    if table.name == "journal_line":
        first = company.books.ledger.entry_range()[0]
        for start in range(first, until + 1, _PORTION_DAYS):
            part = journal(company, start, min(start + _PORTION_DAYS - 1, until))
            if part:
                yield part
    elif table.delivery == "snapshot":
        yield writing.ordered(table, snapshot(company, table, deliveries.snapshot_day(last, options.until)))
    else:
        data = writing.ordered(table, company.books.tables[table.name])
        yield selected(data, slice(0, int(np.searchsorted(np.asarray(data["entered_on"]), until, side="right"))))
