"""The two demos, run once and at the same time for all tests that read what came of it; Adventure Works is the demo."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import pytest

from tests.companies import ADVENTUREWORKS, TARNVALE
from tests.end_to_end.installation import Installation, finished, make_installation, simulate


@dataclass(frozen=True)
class DemoRun:
    """A company after its first run."""

    installation: Installation
    outcome: subprocess.CompletedProcess[str]
    files_before: dict[str, str]
    """The company's own files as they were before the run, by digest."""


@pytest.fixture(scope="session")
def side_by_side(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoRun, DemoRun]:
    """Adventure Works and Tarnvale, run by one installation of the product in two processes at the same time."""
    companies = tmp_path_factory.mktemp("companies")
    demos = [make_installation(companies / folder.name, folder) for folder in (ADVENTUREWORKS, TARNVALE)]
    simulate(demos[1])
    before = [demo.files() for demo in demos]
    started = [demo.start("run", "--timings") for demo in demos]
    # Each is read by a thread of its own: what one prints must not wait until the other has ended.
    with ThreadPoolExecutor() as readers:
        outcomes = list(readers.map(finished, started))
    adventureworks, tarnvale = map(DemoRun, demos, outcomes, before)
    return adventureworks, tarnvale


@pytest.fixture(scope="session")
def demo_run(side_by_side: tuple[DemoRun, DemoRun]) -> DemoRun:
    outcome = side_by_side[0].outcome
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return side_by_side[0]


@pytest.fixture(scope="session")
def simulated_run(side_by_side: tuple[DemoRun, DemoRun]) -> DemoRun:
    outcome = side_by_side[1].outcome
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return side_by_side[1]


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
