"""Landing the files of a table: those that are new or changed become batches.

Exactly once: a file's batch is known by the hash of its name, bytes and declaration; the same again makes no batch. All
or nothing: if one file of a table is refused, the table stays what it was. A file that is still being written is waited
for, or refused. Reading a format belongs in its own module.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.settings import settings
from orchestration.sources.csv_files import read_csv_file
from orchestration.sources.declaration import SourceSystem, SourceTable
from orchestration.sources.drift import against_last_batch
from orchestration.sources.errors import MissingSourceError, UnsettledSourceError
from orchestration.sources.excel_files import read_excel_file
from orchestration.sources.files import source_files
from orchestration.sources.json_files import read_json_file
from orchestration.sources.lake import BatchManifest, FileMark, RawLake, batch_identity
from orchestration.sources.parquet_files import read_parquet_file
from orchestration.sources.reading import Reader, SourceFile, duckdb_connection, scan_file

READERS: Mapping[str, Reader] = {
    "csv": read_csv_file,
    "excel": read_excel_file,
    "json": read_json_file,
    "jsonl": read_json_file,
    "parquet": read_parquet_file,
}

_SETTLED = timedelta(seconds=2)
"""A file touched less than this before it was read is hashed again.

Its time stamps may be too coarse to show a later write.
"""


class Folder:
    """A folder of files, as a `landing.Source`."""

    def __init__(self, system: SourceSystem, root: Path) -> None:
        self.system = system
        self.root = root

    def land(self, table: SourceTable, lake: RawLake) -> tuple[list[BatchManifest], list[BatchManifest]]:
        """See `landing.Source`."""
        before = lake.current(self.system.name, table.name)
        files = source_files(self.system, table, self.root, may_be_none=table.load == "append" and bool(before))
        last = {batch.source_file: batch for batch in before}
        found, new = [], []
        for name, path in files.items():
            batch = _unchanged(table, path, last.get(name))
            if batch is None:
                batch, is_new = _land_file(self.system, table, lake, name, path, last.get(name))
                new += [batch] if is_new else []
            found.append(batch)
        return (found if table.load == "full" else _appended(table, before, found)), new


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


def _unchanged(table: SourceTable, path: Path, last: BatchManifest | None) -> BatchManifest | None:
    """Return the file's last batch if the file system vouches that neither file nor declaration changed since."""
    if last is None or last.reading_hash != table.reading_hash:
        return None
    mark = last.source_mark
    if mark is None or mark != FileMark.of(path):
        return None
    touched = datetime.fromtimestamp(mark.ctime_ns / 1e9, UTC)
    return last if touched + _SETTLED < last.known_at else None


def _land_file(
    system: SourceSystem, table: SourceTable, lake: RawLake, name: str, path: Path, last: BatchManifest | None
) -> tuple[BatchManifest, bool]:
    """Return the batch of a file as it is now, and whether it had to be made."""
    known_at = datetime.now(UTC)
    try:
        mark = _settled(table, path)
        file = SourceFile(name, path, scan_file(path))
    except OSError as error:
        raise MissingSourceError(
            f"{path}: the file cannot be read: {error.strerror}. Check that it is there and permitted."
        ) from error
    identity = hashlib.sha256("\n".join([name, file.scan.sha256, table.reading_hash]).encode()).hexdigest()
    if earlier := lake.find(system.name, table.name, identity):
        return earlier, False
    with lake.preparing(system.name, table.name) as workplace, duckdb_connection(workplace) as connection:
        reading = READERS[table.format or ""](connection, file, table, workplace)
        if FileMark.of(path) != mark or file.scan.size != mark.size:
            raise UnsettledSourceError(
                f"{path}: the file changed while it was read. It is taken when it has settled; run again."
            )
        warnings = list(reading.warnings)
        if last:
            warnings += against_last_batch(reading.columns, last.columns, table)
        manifest = BatchManifest(
            batch_id=batch_identity(known_at, identity),
            system=system.name,
            table=table.name,
            format=table.format or "",
            known_at=known_at,
            source_file=name,
            source_bytes=file.scan.size,
            source_sha256=file.scan.sha256,
            source_mark=mark,
            reading_hash=table.reading_hash,
            content_hash=identity,
            columns=reading.columns,
            rows_read=reading.rows_read,
            rows_landed=reading.rows_landed,
            rows_quarantined=reading.rows_quarantined,
            first_row=reading.first_row,
            warnings=tuple(warnings),
        )
        connection.close()
        lake.add(manifest, workplace)
    return manifest, True


def _settled(table: SourceTable, path: Path) -> FileMark:
    """Return a file's mark once it has not been touched for a while, or if its marker says that it is complete.

    Raises `UnsettledSourceError` if it is still being written.
    """
    mark = FileMark.of(path)
    needed = settings().settle_seconds
    remaining = min(needed, needed - (time.time() - mark.mtime_ns / 1e9))
    if table.marker or remaining <= 0:
        return mark
    time.sleep(remaining)
    if FileMark.of(path) != mark:
        raise UnsettledSourceError(
            f"{path}: the file is still being written. It is taken when it has not changed for {needed:g} seconds; "
            "run again. Where files are written slowly, declare a marker in defs.yaml."
        )
    return mark
