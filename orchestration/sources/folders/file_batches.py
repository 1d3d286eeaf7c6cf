"""Landing the files of a table: those that are new or changed become batches.

Exactly once: a file's batch is known by the hash of its name, bytes and declaration; the same again makes no batch. All
or nothing: if one file of a table is refused, the table stays what it was. A file that is still being written is waited
for, or refused. Of a folder of this computer as many files are read at once as DuckDB has threads. Reading a format
belongs in its own module.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import duckdb

from orchestration.settings import settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import MissingSourceError, UnsettledSourceError
from orchestration.sources.folders.files import source_files
from orchestration.sources.folders.places import Place
from orchestration.sources.formats.csv_files import read_csv_file
from orchestration.sources.formats.excel_files import read_excel_file
from orchestration.sources.formats.fec_files import read_fec_file
from orchestration.sources.formats.json_files import read_json_file
from orchestration.sources.formats.parquet_files import read_parquet_file
from orchestration.sources.formats.sie_files import read_sie_file
from orchestration.sources.formats.source_file import Reader, SourceFile, scan_file
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake, batch_identity
from orchestration.sources.rows.drift import against_last_batch
from orchestration.sources.rows.reading import duckdb_connection

READERS: Mapping[str, Reader] = {
    "csv": read_csv_file,
    "excel": read_excel_file,
    "fec": read_fec_file,
    "json": read_json_file,
    "jsonl": read_json_file,
    "parquet": read_parquet_file,
    "sie": read_sie_file,
}
_Connected = Callable[[], duckdb.DuckDBPyConnection]


class Folder:
    """A folder of files, as a `landing.Source`."""

    def __init__(self, system: SourceSystem, place: Place) -> None:
        self.system = system
        self.place = place

    def land(self, table: SourceTable, lake: RawLake) -> tuple[list[BatchManifest], list[BatchManifest]]:
        """See `landing.Source`."""
        before = lake.current(self.system.name, table.name)
        files = source_files(self.system, table, self.place, may_be_none=table.load == "append" and bool(before))
        last = {batch.source_file: batch for batch in before}
        found = {name: self._unchanged(table, name, last.get(name)) for name in files}
        to_read = [name for name, batch in found.items() if batch is None]
        new = []
        for name, (batch, is_new) in zip(to_read, self._land_files(table, lake, to_read, last), strict=True):
            found[name] = batch
            new += [batch] if is_new else []
        now = [batch for batch in found.values() if batch]
        return (now if table.load == "full" else _appended(table, before, now)), new

    def _land_files(
        self, table: SourceTable, lake: RawLake, names: Sequence[str], last: Mapping[str, BatchManifest]
    ) -> list[tuple[BatchManifest, bool]]:
        """Land files, several at once, and return what `_land_file` does of each. The first refusal ends the others."""
        at_once = min(settings().threads, len(names)) if self.place.can_be_read_at_once else 1
        with _connections(lake, self.system, table, at_once) as connection:

            def landed(name: str) -> tuple[BatchManifest, bool]:
                return self._land_file(connection, table, lake, name, last.get(name))

            if at_once <= 1:
                return [landed(name) for name in names]
            with ThreadPoolExecutor(at_once) as pool:
                return list(pool.map(landed, names))

    def _unchanged(self, table: SourceTable, name: str, last: BatchManifest | None) -> BatchManifest | None:
        """Return the file's last batch if the place vouches that neither file nor declaration changed since."""
        if last is None or last.reading_hash != table.reading_hash:
            return None
        mark = last.source_mark
        if mark is None or mark != self.place.mark(name):
            return None
        return last if self.place.vouches(mark, last.known_at) else None

    def _land_file(
        self, connection: _Connected, table: SourceTable, lake: RawLake, name: str, last: BatchManifest | None
    ) -> tuple[BatchManifest, bool]:
        """Return the batch of a file as it is now, and whether it had to be made."""
        system, shown = self.system.name, self.place.shown(name)
        begun = datetime.now(UTC)
        known_at = lake.known_at(system, table.name, begun)
        with lake.preparing(system, table.name) as workplace:
            mark = self.place.settled(name, is_complete=table.marker is not None)
            with self.place.fetched(name, workplace) as path:
                try:
                    file = SourceFile(name, path, scan_file(path))
                except OSError as error:
                    raise MissingSourceError(
                        f"{shown}: the file cannot be read: {error.strerror}. Check that it is there and permitted."
                    ) from error
                identity = hashlib.sha256("\n".join([name, file.scan.sha256, table.reading_hash]).encode()).hexdigest()
                if earlier := lake.find(system, table.name, identity):
                    return earlier, False
                reading = READERS[table.format or ""](connection(), file, table, workplace)
                if self.place.mark_now(name) != mark or mark.size not in {None, file.scan.size}:
                    raise UnsettledSourceError(
                        f"{shown}: the file changed while it was read. It is taken when it has settled; run again."
                    )
            warnings = list(reading.warnings)
            if last:
                warnings += against_last_batch(reading.columns, last.columns, table)
            manifest = BatchManifest(
                batch_id=batch_identity(known_at, identity),
                system=system,
                table=table.name,
                format=table.format or "",
                known_at=known_at,
                source_file=name,
                source_bytes=file.scan.size,
                source_sha256=file.scan.sha256,
                # Where the clock is behind the lake, the file's times say nothing of what came after it was read.
                source_mark=mark if known_at == begun else None,
                reading_hash=table.reading_hash,
                content_hash=identity,
                columns=reading.columns,
                rows_read=reading.rows_read,
                rows_landed=reading.rows_landed,
                rows_quarantined=reading.rows_quarantined,
                first_row=reading.first_row,
                warnings=tuple(warnings),
            )
            return lake.add(manifest, workplace), True


@contextmanager
def _connections(lake: RawLake, system: SourceSystem, table: SourceTable, at_once: int) -> Iterator[_Connected]:
    """Give what returns the connection of a thread, made when it reads its first file: it is for all that it reads.

    Opening and closing one takes longer than landing a small file. Together they use the memory of one.
    """
    made = threading.local()
    making = threading.Lock()
    with ExitStack() as stack:

        def connection() -> duckdb.DuckDBPyConnection:
            if not hasattr(made, "connection"):
                with making:
                    spill = stack.enter_context(lake.spilling(system.name, table.name))
                    made.connection = stack.enter_context(duckdb_connection(spill, at_once=at_once))
            found: duckdb.DuckDBPyConnection = made.connection
            return found

        yield connection


def _appended(
    table: SourceTable, before: Sequence[BatchManifest], found: Sequence[BatchManifest]
) -> list[BatchManifest]:
    """Return what the table consists of once the files found now have been added to what landed before.

    A corrected file's earlier batch goes, unless rows have keys: then it stays below the later one, which replaces by
    key. The same bytes read under another declaration always replace the earlier reading.
    """
    state = list(before)
    for batch in found:
        of_this_file = [other for other in state if other.source_file == batch.source_file]
        if of_this_file and of_this_file[-1].batch_id == batch.batch_id:
            continue
        replaced = {
            other.batch_id
            for other in of_this_file
            if not table.keys or other.source_sha256 == batch.source_sha256 or other.batch_id == batch.batch_id
        }
        state = [other for other in state if other.batch_id not in replaced] + [batch]
    return state
