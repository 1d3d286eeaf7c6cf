"""The CSV part: landing a ledger of delimited text, against DuckDB's own COPY of it to Parquet.

Both have the same types, threads and memory limit. COPY takes whatever its parser makes of the text; landing has every
promise in force, a declared key among them.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.settings import settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake
from tests.benchmarks.measure import Task, run_task
from tests.benchmarks.timed_landing import landing

COLUMNS = {
    "line_id": "BIGINT",
    "reference": "BIGINT",
    "posted_on": "DATE",
    "account_code": "VARCHAR",
    "entity_code": "VARCHAR",
    "currency_code": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,3)",
    "description": "VARCHAR",
}
_FILE, _LAKE, _COPY = "ledger.csv", "lake", "copy.parquet"
_PRIME = 7_368_787
_OPTIONS = "FORMAT parquet, COMPRESSION zstd"
_READ = (
    "read_csv('{file}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', columns = {{"
    + ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    + "}})"
)

TASKS = (
    Task("copy", f"COPY (SELECT * FROM read_csv(ledger.csv, <declared types>)) TO … ({_OPTIONS})"),
    Task("land", "land_table, keys: [line_id] (the file is in its order)", rival="copy"),
    Task("land_unordered", "land_table, keys: [reference] (in no order)", rival="copy"),
    Task("refresh", "land_table again, nothing changed"),
)


def write_input(folder: Path, rows: int) -> str:
    """Write the ledger and return what it is, for people."""
    file = folder / _FILE
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        connection.execute(
            f"""
            COPY (
                SELECT
                    i + 1 AS line_id,
                    i * {_PRIME} % {rows} AS reference,
                    DATE '2020-01-01' + (i * 1461 // {rows})::INTEGER AS posted_on,
                    1000 + hash(i) % 900 AS account_code,
                    'AW-' || lpad((hash(i + 1) % 14)::VARCHAR, 2, '0') AS entity_code,
                    (['USD', 'EUR', 'CAD', 'GBP'])[(hash(i + 2) % 4 + 1)::INTEGER] AS currency_code,
                    CAST(((hash(i + 3) % 20000000)::BIGINT - 10000000) / 100 AS DECIMAL(18, 2)) AS amount,
                    CAST((hash(i + 4) % 1000000) / 1000 AS DECIMAL(18, 3)) AS quantity,
                    (['Sales invoice', 'Supplier invoice', 'Payment', 'Depreciation', 'Accrual'])
                        [(hash(i + 5) % 5 + 1)::INTEGER]
                        || ' ' || hash(i + 6) % 1000000 || CASE WHEN i % 50 = 0 THEN ', corrected' ELSE '' END
                        AS description
                FROM range({rows}) AS line(i)
            ) TO '{file}' (FORMAT csv, HEADER)
            """
        )
    return f"{_FILE}: {rows:,} lines, {file.stat().st_size / 1_000_000:,.0f} MB"


def verify(folder: Path) -> str:
    """Compare what landed with what COPY wrote and say so; `SystemExit` if a row differs or has a wrong line."""
    system, lake = _declared("reference"), RawLake(folder / _LAKE)
    (batch,) = lake.current(system.name, system.tables[0].name)
    names = ", ".join(COLUMNS)
    landed, copied = (
        duckdb.execute(f"SELECT count(*), bit_xor(hash({names})), {lines} FROM {rows}").fetchone()
        for rows, lines in (
            (lake.rows(batch), "count(*) FILTER (source_row = line_id + 1)"),
            (f"read_parquet('{folder / _COPY}')", "count(*)"),
        )
    )
    if landed != copied:
        raise SystemExit(f"What landed differs from what COPY wrote: (rows, hash, right lines) {landed} and {copied}.")
    return "the rows that landed are those that COPY wrote, each with its line"


def _declared(key: str) -> SourceSystem:
    table = {"name": "line", "description": "x", "files": _FILE, "format": "csv", "keys": [key], "columns": COLUMNS}
    return SourceSystem.model_validate(
        {"name": "ledger", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": [table]}
    )


def _copy(folder: Path) -> Callable[[], int]:
    target = folder / _COPY
    target.unlink(missing_ok=True)
    limits = settings()
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{limits.memory_limit}'; SET threads = {limits.threads}")
    rows = _READ.format(file=folder / _FILE)

    def timed() -> int:
        written = connection.execute(f"COPY (SELECT * FROM {rows}) TO '{target}' ({_OPTIONS})").fetchone()
        return int(written[0]) if written else 0

    return timed


def _landing(key: str, *, again: bool = False) -> Callable[[Path], Callable[[], int]]:
    return lambda folder: landing(_declared(key), folder, _LAKE, again=again)


if __name__ == "__main__":
    run_task(
        {
            "copy": _copy,
            "land": _landing("line_id"),
            "land_unordered": _landing("reference"),
            "refresh": _landing("reference", again=True),
        }
    )
