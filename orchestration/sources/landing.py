"""Landing one source table: bring the raw lake up to what the source holds of it.

A source is opened once for all its tables, so that a database gives them in one snapshot. Each kind of source is one
room with a class of the type `Source`, entered in `open_source`; how batches are kept belongs in `lake`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from orchestration.settings import settings
from orchestration.sources.databases.database import open_database
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.folders.file_batches import Folder
from orchestration.sources.folders.places import open_place
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.results import LandingResult
from orchestration.sources.rows.reading import duckdb_connection


class Source(Protocol):
    """A source system that is open for reading."""

    system: SourceSystem

    def land(self, table: SourceTable, lake: RawLake) -> tuple[list[BatchManifest], list[BatchManifest]]:
        """Read what is new of a table into batches of the lake.

        Return the batches that together are the table now, in the order in which they apply, and those of them that
        this reading made. Committing them is not its task. Raises a `SourceError` if the table is refused.
        """


@contextmanager
def open_source(system: SourceSystem, root: Path) -> Iterator[Source]:
    """Open a source system; `root` is where its relative paths start. Raises a `SourceError` if it cannot be opened."""
    if system.database:
        with open_database(system, root, settings().data / "tmp") as database:
            yield database
    elif system.api:
        with _open_api(system) as api:
            yield api
    else:
        with open_place(system, root) as place:
            yield Folder(system, place)


def _open_api(system: SourceSystem) -> AbstractContextManager[Source]:
    try:
        from orchestration.sources.apis.rest_api import open_api  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise UnreadableSourceError(
            f"Source system {system.name}: HTTP APIs need the extra `api`, which is not installed ({error}). "
            'Install it with pip install "tieout[api]".'
        ) from error
    return open_api(system)


def land_opened(source: Source, table: SourceTable, lake: RawLake) -> LandingResult:
    """Bring the raw lake up to what an open source holds of one table.

    Raises a `SourceError` if the table is refused; its state in the lake is then what it was before.
    """
    system = source.system.name
    with lake.loading(system, table.name):
        before = lake.current(system, table.name)
        current, new = source.land(table, lake)
        if current != before:
            lake.commit(system, table.name, current, _row_count(lake, table, current), datetime.now(UTC))
    return LandingResult(system, table.name, tuple(current), tuple(new), lake.row_count(system, table.name))


def land_table(system: SourceSystem, table: SourceTable, lake: RawLake, root: Path) -> LandingResult:
    """Open a system and land one of its tables; see `open_source` and `land_opened`."""
    with open_source(system, root) as source:
        return land_opened(source, table, lake)


def known_table(system: SourceSystem, table: SourceTable, lake: RawLake, as_of: datetime) -> LandingResult:
    """Return the table's state as it was known at `as_of` (a time with zone), and land nothing."""
    batches = lake.current(system.name, table.name, as_of=as_of)
    row_count = lake.row_count(system.name, table.name, as_of=as_of)
    return LandingResult(system.name, table.name, tuple(batches), (), row_count)


def _row_count(lake: RawLake, table: SourceTable, batches: list[BatchManifest]) -> int:
    if table.load == "full" or not table.keys or len(batches) <= 1:
        return sum(batch.rows_landed for batch in batches)
    with lake.preparing(batches[0].system, table.name) as workplace, duckdb_connection(workplace) as connection:
        counted = connection.execute(f"select count(*) from ({current_rows(lake, table, batches)})").fetchone()
        return int(counted[0]) if counted else 0
