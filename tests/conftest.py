"""What every test shares: nothing is written outside its tmp_path, and the company is Adventure Works unless it says so."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.companies import ADVENTUREWORKS, forget_settings
from tests.database_servers import MariaDbServer, PostgresServer, mariadb_is_installed

_COLLECTED = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Choose the company for what reads it when it is imported, as Dagster's assets do: before the first fixture."""
    config.stash[_COLLECTED] = os.environ["TIEOUT_DATA_DIR"] = tempfile.mkdtemp(prefix="tieout-collected-")
    os.environ["TIEOUT_COMPANY"] = str(ADVENTUREWORKS)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what was written while tests were collected."""
    shutil.rmtree(config.stash[_COLLECTED])


@pytest.fixture(autouse=True)
def _a_company_with_its_data_below_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_COMPANY", str(ADVENTUREWORKS))
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", "0")  # what waits for files to settle says so itself
    forget_settings()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server of the tests' own."""
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDbServer]:
    """A running MariaDB server of the tests' own; without the program the test is skipped."""
    if not mariadb_is_installed():
        pytest.skip("MariaDB is not installed; it is in the package mariadb-server")
    server = MariaDbServer()
    yield server
    server.remove()
