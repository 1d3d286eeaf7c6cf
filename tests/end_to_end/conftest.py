"""The demo company, run once for the tests that read its mart, and once more for those that change its sources."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pytest

from tests.end_to_end.installation import Installation, make_installation


@dataclass(frozen=True)
class DemoRun:
    """The demo company after its first run."""

    installation: Installation
    outcome: subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    installation = make_installation(tmp_path_factory.mktemp("demo") / "adventureworks")
    outcome = installation.tieout("run", "--timings")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return DemoRun(installation, outcome)


@pytest.fixture(scope="session")
def mart(demo_run: DemoRun) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(f"attach '{demo_run.installation.mart}' as mart (read_only)")
    connection.execute("use mart")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def sources(demo_run: DemoRun) -> Iterator[duckdb.DuckDBPyConnection]:
    """The source files as they are, for figures computed by another path than the warehouse's."""
    connection = duckdb.connect()
    for folder in demo_run.installation.sources.iterdir():
        for file in folder.iterdir() if folder.is_dir() else []:
            if file.suffix in {".parquet", ".csv"}:
                reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
                connection.execute(f"create view \"{file.stem}\" as select * from {reader}('{file}')")
    yield connection
    connection.close()
