"""Several files of a table are read at once: the lake is what reading one after the other gives."""

import threading
from pathlib import Path

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import SourceError
from orchestration.sources.folders import file_batches
from orchestration.sources.formats.csv_files import read_csv_file
from orchestration.sources.formats.source_file import SourceFile
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult
from orchestration.sources.rows.reading import Reading
from tests.integration.landing_files import left_over

FILES = 9


def land(folder: Path) -> LandingResult:
    table = {"name": "ledger", "description": "x", "files": "*.csv", "format": "csv", "load": "append", "keys": ["id"]}
    said = {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": [table]}
    said["tables"] = [table | {"columns": {"id": "INTEGER", "amount": "DECIMAL(18,2)"}}]
    system = SourceSystem.model_validate(said)
    return land_table(system, system.tables[0], RawLake(folder / "lake"), folder)


def write(folder: Path) -> None:
    """Write files of which each replaces a row of the one before."""
    for number in range(FILES):
        (folder / f"{number}.csv").write_text(f"id,amount\n{number},1.5\n{number + 1},{number}.25\n", encoding="utf-8")


def test_two_files_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=30)  # broken, and so a fault, unless two readers meet
    write(tmp_path)
    (tmp_path / "0.csv").unlink()

    def met(connection: duckdb.DuckDBPyConnection, file: SourceFile, table: SourceTable, target: Path) -> Reading:
        both.wait()
        return read_csv_file(connection, file, table, target)

    monkeypatch.setattr(file_batches, "READERS", {"csv": met})
    assert len(land(tmp_path).new) == FILES - 1


def test_batches_apply_in_the_order_of_their_files(tmp_path: Path) -> None:
    write(tmp_path)
    landed = land(tmp_path)
    assert [batch.source_file for batch in landed.current] == [f"{number}.csv" for number in range(FILES)]
    table = SourceTable.model_validate(
        {"name": "ledger", "description": "x", "files": "*.csv", "format": "csv", "load": "append", "keys": ["id"]}
    )
    query = current_rows(RawLake(tmp_path / "lake"), table, list(landed.current))
    amounts = duckdb.execute(f"SELECT id, amount::VARCHAR FROM ({query}) ORDER BY id").fetchall()
    assert amounts == [*((number, "1.50") for number in range(FILES)), (FILES, f"{FILES - 1}.25")]
    assert landed.row_count == FILES + 1


def test_one_refused_file_of_several_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    before = land(tmp_path)
    for number in range(FILES):
        (tmp_path / f"{number}.csv").write_text(f"id,amount\n{number},9\n", encoding="utf-8")
    (tmp_path / "4.csv").write_text("id,amount\nx,y\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"4\.csv: 1 of 1 rows do not fit"):
        land(tmp_path)
    assert tuple(RawLake(tmp_path / "lake").current("erp", "ledger")) == before.current
    assert left_over(tmp_path) == []
