"""The PostgreSQL part: landing a table of a server, against DuckDB's own COPY of the attached table to Parquet.

The server is the tests' own, on this machine, and runs as long as the benchmark. Both have the same scanner, threads
and memory limit. COPY takes what the scanner makes of a value; landing has every promise in force.
"""

import atexit
import os
from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.settings import settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.extensions import load_extension
from orchestration.sources.lake.raw_lake import RawLake
from tests.benchmarks.measure import Task, run_task
from tests.benchmarks.timed_landing import landing
from tests.database_servers import PostgresServer

COLUMNS = {
    "line_id": "BIGINT",
    "posted_on": "DATE",
    "account_code": "VARCHAR",
    "entity_code": "VARCHAR",
    "currency_code": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,3)",
    "description": "VARCHAR",
    "changed_at": "TIMESTAMP",
}
_ADDRESS, _LAKE, _COPY = "postgres_address", "postgres_lake", "postgres_copy.parquet"
_VARIABLE = "TIEOUT_BENCH_DATABASE"
_OPTIONS = "FORMAT parquet, COMPRESSION zstd"

TASKS = (
    Task("copy", f"COPY (SELECT * FROM source.public.ledger) TO … ({_OPTIONS})"),
    Task("land", "land_table, keys: [line_id], load: full", rival="copy"),
    Task("again", "land_table again, load: full, nothing changed", rival="copy"),
    Task("refresh", "land_table again, load: incremental, nothing changed"),
)


def write_input(folder: Path, rows: int) -> str:
    """Start a server, write the ledger into it and return what it is, for people."""
    server = PostgresServer()
    atexit.register(server.remove)
    server.sql(
        f"""
        create unlogged table ledger (
            line_id bigint primary key, posted_on date, account_code text, entity_code text, currency_code char(3),
            amount numeric(18, 2), quantity numeric(18, 3), description text, changed_at timestamptz
        );
        insert into ledger
        select
            i,
            date '2020-01-01' + (i * 1461 / {rows})::int,
            1000 + (hashint8(i) & 1023) % 900,
            'AW-' || lpad(((hashint8(i + 1) & 1023) % 14)::text, 2, '0'),
            (array['USD', 'EUR', 'CAD', 'GBP'])[(hashint8(i + 2) & 3) + 1],
            (hashint8(i + 3) % 10000000)::numeric / 100,
            (hashint8(i + 4) & 1048575)::numeric / 1000,
            (array['Sales invoice', 'Supplier invoice', 'Payment', 'Depreciation'])[(hashint8(i + 5) & 3) + 1]
                || ' ' || (hashint8(i + 6) & 1048575),
            timestamptz '2024-01-01 00:00+00' + i * interval '1 second'
        from generate_series(1, {rows}::bigint) i;
        create index on ledger (changed_at);
        """
    )
    server.sql("vacuum analyze ledger")
    (folder / _ADDRESS).write_text(server.connection("postgres"))
    (size,) = server.sql("select pg_size_pretty(pg_table_size('ledger'))")
    (version,) = server.sql("show server_version")
    return f"public.ledger of PostgreSQL {version}: {rows:,} rows, {size}"


def verify(folder: Path) -> str:
    """Compare what landed with what COPY wrote and say so; `SystemExit` if a row differs."""
    system, lake = _declared("full"), RawLake(folder / _LAKE)
    (batch,) = lake.current(system.name, system.tables[0].name)
    names = ", ".join(COLUMNS).replace("changed_at", "changed_at::TIMESTAMP")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        landed, copied = (
            connection.execute(f"SELECT count(*), bit_xor(hash({names})), {rows} FROM '{file}'").fetchone()
            for file, rows in ((lake.data_file(batch), "count(DISTINCT source_row)"), (folder / _COPY, "count(*)"))
        )
    if landed != copied:
        raise SystemExit(f"What landed differs from what COPY wrote: (rows, hash, numbers) {landed} and {copied}.")
    return "the rows that landed are those that COPY wrote"


def _declared(load: str) -> SourceSystem:
    table = {
        "name": "ledger",
        "description": "x",
        "relation": "public.ledger",
        "load": load,
        "keys": ["line_id"],
        "cursor": "changed_at",
        "columns": COLUMNS,
    }
    database = {"kind": "postgres", "connection": f"${{{_VARIABLE}}}"}
    return SourceSystem.model_validate(
        {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g", "database": database, "tables": [table]}
    )


def _copy(folder: Path) -> Callable[[], int]:
    target = folder / _COPY
    target.unlink(missing_ok=True)
    limits = settings()
    connection = duckdb.connect()
    load_extension(connection, "postgres_scanner", extra="postgres", wanted_by="The benchmark")
    connection.execute(f"SET memory_limit = '{limits.memory_limit}'; SET threads = {limits.threads}")
    address = (folder / _ADDRESS).read_text().replace("'", "''")
    connection.execute(f"ATTACH '{address}' AS source (TYPE postgres, READ_ONLY)")

    def timed() -> int:
        written = connection.execute(f"COPY (SELECT * FROM source.public.ledger) TO '{target}' ({_OPTIONS})").fetchone()
        return int(written[0]) if written else 0

    return timed


def _landing(load: str, *, again: bool = False) -> Callable[[Path], Callable[[], int]]:
    def prepare(folder: Path) -> Callable[[], int]:
        os.environ[_VARIABLE] = (folder / _ADDRESS).read_text()
        return landing(_declared(load), folder, _LAKE, again=again)

    return prepare


if __name__ == "__main__":
    run_task(
        {
            "copy": _copy,
            "land": _landing("full"),
            "again": _landing("full", again=True),
            "refresh": _landing("incremental", again=True),
        }
    )
