"""Landing one source table.

Find its files, read those that are new or changed into batches, make them the current state. Exactly once: a file's
batch is known by the hash of its name, bytes and declaration; the same again makes no batch. All or nothing: if one
file of a table is refused, the table stays what it was. Reading a format belongs in its own module, how batches are
kept in `lake`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

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
from orchestration.sources.reading import Reader, SourceFile, scan_file
from orchestration.sources.typed_values import literal

__all__ = ["READERS", "LandingResult", "known_table", "land_table", "source_files"]

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


@dataclass(frozen=True)
class LandingResult:
    """The state of one table after landing."""

    system: str
    table: str
    current: tuple[BatchManifest, ...]
    """The batches that together are the table now, in order of source file."""
    new: tuple[BatchManifest, ...]
    """Those of them that this landing made."""

    @property
    def rows_landed(self) -> int:
        """Rows of the table now."""
        return sum(batch.rows_landed for batch in self.current)

    @property
    def rows_quarantined(self) -> int:
        """Rows of the table's files that are in quarantine now."""
        return sum(batch.rows_quarantined for batch in self.current)

    @property
    def warnings(self) -> list[str]:
        """What is odd about the table's files, each with its file."""
        return [f"{batch.source_file}: {warning}" for batch in self.current for warning in batch.warnings]

    @property
    def data_version(self) -> str:
        """Hash of the current batch ids: the same as long as the table's content is."""
        return hashlib.sha256("\n".join(sorted(batch.batch_id for batch in self.current)).encode()).hexdigest()


def land_table(system: SourceSystem, table: SourceTable, lake: RawLake, root: Path) -> LandingResult:
    """Bring the raw lake up to what the source holds of one table; `root` is where a relative system folder starts.

    Raises a `SourceError` if the table is refused; its state in the lake is then what it was before.
    """
    files = source_files(system, table, root)
    with lake.loading(system.name, table.name):
        last = {batch.source_file: batch for batch in lake.current(system.name, table.name)}
        current, new = [], []
        for name, path in files.items():
            batch = _unchanged(table, path, last.get(name))
            if batch is None:
                batch, is_new = _land_file(system, table, lake, name, path, last.get(name))
                new += [batch] if is_new else []
            current.append(batch)
        lake.commit(system.name, table.name, current, datetime.now(UTC))
    return LandingResult(system.name, table.name, tuple(current), tuple(new))


def known_table(system: SourceSystem, table: SourceTable, lake: RawLake, as_of: datetime) -> LandingResult:
    """Return the table's state as it was known at `as_of` (a time with zone), and land nothing."""
    return LandingResult(system.name, table.name, tuple(lake.current(system.name, table.name, as_of=as_of)), ())


def _unchanged(table: SourceTable, path: Path, last: BatchManifest | None) -> BatchManifest | None:
    """Return the file's last batch if the file system vouches that neither file nor declaration changed since."""
    if last is None or last.reading_hash != table.reading_hash or last.source_mark != FileMark.of(path):
        return None
    touched = datetime.fromtimestamp(last.source_mark.ctime_ns / 1e9, UTC)
    return last if touched + _SETTLED < last.known_at else None


def _land_file(
    system: SourceSystem, table: SourceTable, lake: RawLake, name: str, path: Path, last: BatchManifest | None
) -> tuple[BatchManifest, bool]:
    """Return the batch of a file as it is now, and whether it had to be made."""
    known_at = datetime.now(UTC)
    try:
        mark = FileMark.of(path)
        file = SourceFile(name, path, scan_file(path))
    except OSError as error:
        raise MissingSourceError(
            f"{path}: the file cannot be read: {error.strerror}. Check that it is there and permitted."
        ) from error
    identity = hashlib.sha256("\n".join([name, file.scan.sha256, table.reading_hash]).encode()).hexdigest()
    if earlier := lake.find(system.name, table.name, identity):
        return earlier, False
    with lake.preparing(system.name, table.name) as workplace, _connection(workplace) as connection:
        reading = READERS[table.format](connection, file, table, workplace)
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
            format=table.format,
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


def _connection(workplace: Path) -> duckdb.DuckDBPyConnection:
    limits = settings()
    connection = duckdb.connect()
    connection.execute(
        f"SET memory_limit = {literal(limits.memory_limit)}; SET threads = {limits.threads}; "
        f"SET temp_directory = {literal(str(workplace / 'spill'))}; SET TimeZone = 'UTC'"
    )
    return connection
