"""What the tests of HTTP APIs share: a declared system, landing it, and what the lake then holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult
from tests.api_server import ApiServer, api_server

COLUMNS = {"id": {"type": "BIGINT", "nullable": False}, "amount": {"type": "DECIMAL(18,2)", "optional": True}}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with api_server() as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> RawLake:
    return RawLake(tmp_path / "data" / "raw")


def table(resource: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return the declaration of a table `orders`, read from /orders."""
    said = {"name": "orders", "description": "x", "keys": ["id"], "columns": COLUMNS}
    return {**said, "resource": {"path": "orders", **(resource or {})}, **more}


def system(server: ApiServer, *tables: dict[str, Any], **api: Any) -> SourceSystem:
    """Return a declared system `crm` that gives up soon."""
    soon = {"timeout_seconds": 5, "max_attempts": 3, "first_wait_seconds": 0.01, "paginator": "single_page"}
    said = {"name": "crm", "description": "x", "owners": ["team:a"], "group": "g"}
    place = {"base_url": server.url, **soon, **api}
    return SourceSystem.model_validate({**said, "api": place, "tables": list(tables or [table()])})


def land(declared: SourceSystem, lake: RawLake, name: str = "orders") -> LandingResult:
    (wanted,) = [t for t in declared.tables if t.name == name]
    return land_table(declared, wanted, lake, Path())


def held(
    declared: SourceSystem, lake: RawLake, name: str = "orders", select: str = "id, amount"
) -> list[tuple[Any, ...]]:
    """Return what the table now is in the lake, in order of the columns selected."""
    (wanted,) = [t for t in declared.tables if t.name == name]
    batches = lake.current("crm", name)
    if not batches:
        return []
    return duckdb.execute(f"SELECT {select} FROM ({current_rows(lake, wanted, batches)}) ORDER BY ALL").fetchall()


def rejected(lake: RawLake, name: str = "orders") -> list[tuple[Any, ...]]:
    """Return (source_row, column_name, reason, raw_text) of what is in quarantine."""
    files = [str(file) for batch in lake.current("crm", name) if (file := lake.rejects_file(batch))]
    if not files:
        return []
    select = f"SELECT source_row, column_name, reason, raw_text FROM read_parquet({files}) ORDER BY ALL"
    return duckdb.execute(select).fetchall()
