"""Systems that are databases, for the tests: declared, landed and looked at."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.databases.database import OpenDatabase, open_database
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import SourceError
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.quarantine import quarantine
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_opened
from orchestration.sources.results import LandingResult

Table = dict[str, Any]


class DatabaseSystem:
    """A declared system `erp` and its lake."""

    def __init__(self, root: Path, kind: str, connection: str, *tables: Table) -> None:
        self.root, self.lake = root, RawLake(root / "lake")
        self._said = {
            "name": "erp",
            "description": "x",
            "owners": ["team:a"],
            "group": "g",
            "database": {"kind": kind, "connection": connection},
        }
        self.declare(*tables)

    def declare(self, *tables: Table) -> None:
        named = [{"name": table["relation"].split(".")[-1].lower(), "description": "x", **table} for table in tables]
        self.system = SourceSystem.model_validate({**self._said, "tables": named})

    @contextmanager
    def opened(self) -> Iterator[OpenDatabase]:
        with open_database(self.system, self.root, self.root / "tmp") as source:
            yield source

    def land(self) -> list[LandingResult]:
        """Land every table; the first refusal is raised."""
        with self.opened() as source:
            return [land_opened(source, table, self.lake) for table in self.system.tables]

    def refusal(self) -> str:
        """Return the message with which landing is refused."""
        with pytest.raises(SourceError) as refused:
            self.land()
        before = refused.value.__cause__ or refused.value.__context__
        assert not isinstance(before, duckdb.Error), "it may hold the password"
        return str(refused.value)

    def rows(self, *columns: str, table: str | None = None) -> list[tuple[Any, ...]]:
        """Return columns of a table's current rows, in order."""
        declared = next(t for t in self.system.tables if table in {None, t.name})
        query = current_rows(self.lake, declared, self.lake.current("erp", declared.name))
        return duckdb.execute(f"SELECT {', '.join(columns)} FROM ({query}) ORDER BY ALL").fetchall()

    def types(self) -> dict[str, str]:
        (batch, *_) = self.lake.current("erp", self.system.tables[0].name)
        return {column.name: column.type for column in batch.columns}

    def quarantined(self) -> list[tuple[str | None, str, Any]]:
        """Return (column, reason, row) of what is in quarantine."""
        found = quarantine(self.lake, [self.system]).rows
        return [(row.column_name, row.reason, json.loads(row.raw_text)) for row in found]
