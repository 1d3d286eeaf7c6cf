"""DuckDB's extensions out of their wheels; what is said where neither wheel nor network gives one."""

import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.extensions import load_extension


def _without_network(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"extension_directory": str(folder)})
    connection.execute(f"SET custom_extension_repository = '{folder / 'nothing'}'")
    return connection


@pytest.mark.parametrize("name", ["excel", "mysql_scanner", "postgres_scanner", "sqlite_scanner"])
def test_an_extension_is_loaded_out_of_its_wheel_without_a_network(tmp_path: Path, name: str) -> None:
    with _without_network(tmp_path) as connection:
        load_extension(connection, name, extra="x", wanted_by="x")
        found = connection.execute(
            "SELECT loaded FROM duckdb_extensions() WHERE extension_name = $1", [name]
        ).fetchall()
    assert found == [(True,)]


def test_without_the_wheel_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb_extensions", None)
    with _without_network(tmp_path) as connection, pytest.raises(UnreadableSourceError) as refused:
        load_extension(connection, "postgres_scanner", extra="postgres", wanted_by="Source system erp")
    assert str(refused.value).startswith("Source system erp needs DuckDB's extension postgres_scanner, which cannot be")
    assert str(refused.value).endswith('Install it with pip install "tieout[postgres]".')
