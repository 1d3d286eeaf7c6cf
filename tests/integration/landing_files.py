"""Writing one file of any format, landing it, and looking at what became of its rows; for the tests of landing."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult


def land(folder: Path, name: str, content: bytes | str, format: str, **table: Any) -> LandingResult:  # noqa: A002
    """Write the content under a name and land it as the table `ledger`."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    said = {"name": "ledger", "description": "x", "files": name, "format": format, **table}
    system = SourceSystem.model_validate(
        {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": [said]}
    )
    return land_table(system, system.tables[0], RawLake(folder / "lake"), folder)


def rows(folder: Path, batch: BatchManifest, what: str = "*") -> list[tuple[Any, ...]]:
    """Return what landed, in order."""
    return duckdb.execute(f"SELECT {what} FROM {RawLake(folder / 'lake').rows(batch)} ORDER BY source_row").fetchall()


def rejects(folder: Path, batch: BatchManifest) -> list[tuple[Any, ...]]:
    """Return (source_row, column_name, reason, raw_text) of what is in quarantine."""
    file = RawLake(folder / "lake").rejects_file(batch)
    return duckdb.execute(f"SELECT source_row, column_name, reason, raw_text FROM '{file}' ORDER BY 1").fetchall()


def left_over(folder: Path) -> list[str]:
    """Return the names of files in the lake that are no part of a batch or snapshot."""
    kept = {"data.parquet", "rejects.parquet", "manifest.json"}
    found = [path for path in (folder / "lake").rglob("*") if path.is_file() and path.parent.name != "snapshots"]
    return sorted(path.name for path in found if path.name not in kept and not path.name.startswith("."))
