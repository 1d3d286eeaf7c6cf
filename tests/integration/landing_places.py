"""Landing the files of a system that is elsewhere, and looking for what must not be seen."""

import logging
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult


def declared(root: str, storage: dict[str, Any] | None = None, *tables: dict[str, Any]) -> SourceSystem:
    """Return a system whose tables are CSV files unless they say otherwise."""
    said = [
        {"name": "sale", "description": "x", "files": "*.csv", "format": "csv", **table} for table in tables or ({},)
    ]
    given = {"storage": storage} if storage is not None else {}
    return SourceSystem.model_validate(
        {"name": "shop", "description": "x", "owners": ["team:a"], "group": "g", "root": root, **given, "tables": said}
    )


class Installation:
    """A lake, landing from one place."""

    def __init__(self, folder: Path, root: str, storage: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.root = root
        self.storage = storage
        self.lake = RawLake(folder / "lake")

    def land(self, **table: Any) -> LandingResult:
        system = declared(self.root, self.storage, table)
        return land_table(system, system.tables[0], self.lake, self.folder)

    def rows(self, batches: list[BatchManifest] | tuple[BatchManifest, ...] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of the current batches, with the file of each."""
        found = []
        for batch in self.lake.current("shop", "sale") if batches is None else batches:
            query = f"SELECT * EXCLUDE (source_row) FROM {self.lake.rows(batch)} ORDER BY source_row"
            found += [(batch.source_file, *row) for row in duckdb.execute(query).fetchall()]
        return found


def hold_no_secret(secrets: list[str], folder: Path, caplog: pytest.LogCaptureFixture, said: list[str]) -> None:
    """Fail if a secret stands in any file below a folder, in what was logged, or in what was said."""
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    for secret in secrets:
        assert secret not in logged
        assert not [text for text in said if secret in text]
        assert not [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
