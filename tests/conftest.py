"""What every test shares: nothing is written outside its tmp_path, and the company is Adventure Works unless it says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import settings
from tests.companies import ADVENTUREWORKS
from tests.database_servers import MariaDbServer, PostgresServer, mariadb_is_installed


@pytest.fixture(autouse=True)
def _a_company_with_its_data_below_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_COMPANY", str(ADVENTUREWORKS))
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", "0")  # what waits for files to settle says so itself
    settings.cache_clear()


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
