"""Readers while publications happen: no error, no mixture, never locked out."""

import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from orchestration.warehouse.connect import open_warehouse
from orchestration.warehouse.publish import publish

TABLES = {"kpi.kpi_value": 30_000, "finance.statement_line": 20_000, "operations.stock": 200_000}
FRESH_EACH_TIME = """
import sys, duckdb
tables = sys.argv[2:]
while True:
    with duckdb.connect(sys.argv[1], read_only=True) as mart:
        seen = [mart.execute(f"select min(version), max(version), count(*) from {t}").fetchone() for t in tables]
    print(seen, flush=True)
"""
ONE_CONNECTION = """
import sys, duckdb
tables = sys.argv[2:]
with duckdb.connect(sys.argv[1], read_only=True) as mart:
    while True:
        seen = [mart.execute(f"select min(version), max(version), count(*) from {t}").fetchone() for t in tables]
        print(seen, flush=True)
        if sys.stdin.readline() == "":
            break
"""


def build(warehouse: Path, version: int) -> None:
    with open_warehouse(warehouse) as connection:
        for table, rows in TABLES.items():
            connection.execute(f"create schema if not exists {table.partition('.')[0]}")
            connection.execute(
                f"create or replace table {table} as select {version} as version, hash(range) as id from range({rows})"
            )


def whole_mart(version: int) -> str:
    """Return what a reader prints when every table is of this version, complete."""
    return str([(version, version, rows) for rows in TABLES.values()])


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published" / "mart.duckdb"


def publish_version(warehouse: Path, published: Path, version: int) -> None:
    build(warehouse, version)
    assert publish(warehouse, published, [], [], "0.1.0", datetime.now(UTC)).is_new


def reader(program: str, published: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, str(published), *TABLES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_readers_that_connect_again_and_again_see_each_mart_whole_and_never_an_older_one(warehouse, published):
    publish_version(warehouse, published, 1)
    versions = range(2, 8)
    with ExitStack() as stack:
        readers = [stack.enter_context(reader(FRESH_EACH_TIME, published)) for _ in range(2)]
        stack.callback(lambda: [process.kill() for process in readers])
        seen: list[list[str]] = [[] for _ in readers]
        for version in versions:
            publish_version(warehouse, published, version)
            for process, lines in zip(readers, seen, strict=True):
                while not lines or lines[-1] != whole_mart(version):
                    line = process.stdout.readline().rstrip("\n")
                    assert line, process.stderr.read()
                    lines.append(line)
    for lines in seen:
        first_seen = list(dict.fromkeys(lines))
        assert set(first_seen) <= {whole_mart(version) for version in (1, *versions)}
        assert first_seen == sorted(first_seen), "a reader saw an older mart after a newer one"
        changes = sum(one != other for one, other in pairwise(lines))
        assert changes == len(first_seen) - 1


def test_a_reader_that_stays_connected_keeps_its_mart_through_all_publications(warehouse, published):
    publish_version(warehouse, published, 1)
    with reader(ONE_CONNECTION, published) as process:
        assert process.stdout.readline().rstrip("\n") == whole_mart(1), process.stderr.read()
        for version in range(2, 5):
            publish_version(warehouse, published, version)
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline().rstrip("\n") == whole_mart(1), process.stderr.read()
        process.stdin.close()
        assert process.wait() == 0


def test_publishing_does_not_load_pandas(warehouse, published):
    build(warehouse, 1)
    program = """
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from orchestration.warehouse.checks import CheckRow
from orchestration.warehouse.publish import publish
check = CheckRow(check_id="c", engine="dbt", table_name="kpi.kpi_value", severity="warn", status="pass")
for version in ("1", "2"):
    publish(Path(sys.argv[1]), Path(sys.argv[2]), [check], [], version, datetime.now(UTC))
print("pandas" in sys.modules)
"""
    command = [sys.executable, "-c", program, str(warehouse), str(published)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
