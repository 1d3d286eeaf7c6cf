"""The raw lake: immutable batches of one source table each, and which of them are the table's current state.

    <root>/<system>/<table>/batch=<batch_id>/data.parquet    rows, typed, with source_row (or see first_row)
                                            /manifest.json   what the batch is (`BatchManifest`)
                                            /rejects.parquet quarantined rows, only when there are any
                           /snapshots/<known_at>.json        the batches that together were the table from then on,
                                                             in the order in which they apply, and how many rows it had

A batch is written in a folder beside and renamed in one step. A snapshot is the commit: until it is there, the table
is what it was. Both are only ever added, so what was known at a time is the newest snapshot up to it. Which row of
several batches is current belongs in `current_rows`, reading sources in the modules per format, deciding what to land
in `landing`.
"""

import fcntl
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.errors import field_fault
from orchestration.sources.errors import ConservationError, LakeError
from orchestration.sources.sql import literal

DATA_FILE = "data.parquet"
REJECTS_FILE = "rejects.parquet"
MANIFEST_FILE = "manifest.json"
_LOADING = ".loading-"
_SNAPSHOTS = "snapshots"
_WHOLE_READING = ".read-whole"
_HASH_IN_ID = 12
_SEAL = "seal"


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `write` wrote. Raises `LakeError` if it is missing or damaged."""
        try:
            said = json.loads(file.read_bytes())
            seal = said.pop(_SEAL, None)  # records of version 0.1.0 have none
            is_as_written = seal in {None, _seal_of(said)}
            record = cls.model_validate(said)
        except (OSError, AttributeError, TypeError, ValueError, ConservationError) as error:
            reason = field_fault(error.errors()[0]) if isinstance(error, ValidationError) else error
            raise LakeError(f"{file} cannot be read: {reason}. {_what_to_do(file)}") from error
        if not is_as_written:
            raise LakeError(f"{file} is not what was written. {_what_to_do(file)}")
        return record

    def write(self, file: Path) -> None:
        """Write the record, sealed, to the disk."""
        said = self.model_dump(mode="json")
        with file.open("w", encoding="utf-8") as opened:
            opened.write(json.dumps(said | {_SEAL: _seal_of(said)}, indent=1) + "\n")


class LandedColumn(_Record):
    """A column of the source as it stands in data.parquet (source_row is not among them)."""

    name: str
    type: str


class FileMark(_Record):
    """What the file system says of a file. While it is unchanged the content is, too: any write moves ctime_ns."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, file: Path) -> Self:
        """Return the mark of a file as it is now."""
        stat = file.stat()
        return cls(
            size=stat.st_size,
            mtime_ns=stat.st_mtime_ns,
            ctime_ns=stat.st_ctime_ns,
            inode=stat.st_ino,
            device=stat.st_dev,
        )


class RemoteMark(_Record):
    """What a server's listing says of a file: an object store's version of its content, or else when it was written."""

    size: int | None
    version: str | None = None
    """The ETag, or what else the store calls it. Where it is known, the time says nothing more."""
    modified_at: str | None = None
    """As the server gives it; only ever compared with what the same server said before."""


Mark = FileMark | RemoteMark


class BatchManifest(_Record):
    """One batch: one source file, or one reading of a relation or resource, under one declaration."""

    batch_id: str
    system: str
    table: str
    format: str
    known_at: UtcTime
    source_file: str
    """Relative to the system's folder. Of a database the relation, of an API the resource."""
    source_bytes: int | None = None
    """Of a file, as are the next two."""
    source_sha256: str | None = None
    source_mark: Mark | None = None
    is_whole: bool = True
    """Whether it holds all of its file, relation or resource, and not only what changed since the batch before."""
    cursor_max: str | None = None
    """The highest value of the declared cursor that was read so far; the next reading begins there."""
    reading_hash: str
    """Of the declaration's part that decides the result."""
    content_hash: str
    """Of file name and bytes, or rows, and reading_hash together: the batch's identity."""
    columns: tuple[LandedColumn, ...]
    rows_read: int
    rows_landed: int
    rows_quarantined: int
    rows_unchanged: int = 0
    """Rows read again that the table has already, because the reading overlaps the one before."""
    file_sha256: dict[str, str] = Field(default_factory=dict)
    """Of data.parquet and rejects.parquet by name; empty in batches of version 0.1.0."""
    first_row: int | None = None
    """The first row's source_row where each next row has the next one; data.parquet then does not hold the column."""
    warnings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _conserved(self) -> Self:
        if self.rows_read != self.rows_landed + self.rows_quarantined + self.rows_unchanged:
            raise ConservationError(
                f"{self.system}.{self.table}, {self.source_file}: {self.rows_read} rows read, but {self.rows_landed} "
                f"landed, {self.rows_quarantined} quarantined and {self.rows_unchanged} unchanged. "
                "Nothing of it was landed; please report this source."
            )
        return self


class _Snapshot(_Record):
    known_at: UtcTime
    batches: tuple[str, ...]
    """In the order in which they apply."""
    row_count: int
    """Rows of the table: those of its batches, without the ones that a later batch replaced."""


class RawLake:
    """The raw lake below one folder, which need not exist yet."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def tables(self) -> list[tuple[str, str]]:
        """Return (system, table) of every table that has a current state, in order of name."""
        found = {folder.parent for folder in self.root.glob(f"*/*/{_SNAPSHOTS}") if any(folder.glob("*.json"))}
        return sorted((table.parent.name, table.name) for table in found)

    def current(self, system: str, table: str, *, as_of: datetime | None = None) -> list[BatchManifest]:
        """Return the batches that together are the table, in the order in which they apply; empty if it never landed.

        With `as_of` (a time with zone), return those that were the table then. Raises `LakeError` for a damaged lake.
        """
        snapshot = self._snapshot(system, table, as_of)
        return [self.batch(system, table, batch_id) for batch_id in snapshot.batches] if snapshot else []

    def row_count(self, system: str, table: str, *, as_of: datetime | None = None) -> int:
        """Return how many rows the table has, or had at `as_of`; 0 if it was never landed."""
        snapshot = self._snapshot(system, table, as_of)
        return snapshot.row_count if snapshot else 0

    def first_known_at(self, system: str, table: str) -> datetime | None:
        """Return when the table first had a state, in UTC; None if it was never landed."""
        files = (self.folder(system, table) / _SNAPSHOTS).glob("*.json")
        first = min(files, default=None)
        return _Snapshot.read(first).known_at if first else None

    def known_at(self, system: str, table: str, now: datetime) -> datetime:
        """Return since when that is known which is read from now on: now, or since when the table is, if that is later.

        A clock that was set back would otherwise make the newest rows old, and what is dated after them not yet be.
        """
        last = self._snapshot(system, table, None)
        return max(now, last.known_at) if last else now

    def batches(self, system: str, table: str) -> list[BatchManifest]:
        """Return every batch ever landed of the table, oldest first, whether or not it is current."""
        folders = self.folder(system, table).glob("batch=*")
        found = [self.batch(system, table, folder.name.removeprefix("batch=")) for folder in folders]
        return sorted(found, key=lambda batch: (batch.known_at, batch.batch_id))

    def batch(self, system: str, table: str, batch_id: str) -> BatchManifest:
        """Return one batch's manifest. Raises `LakeError` if it is missing or damaged."""
        return BatchManifest.read(self._batch_folder(system, table, batch_id) / MANIFEST_FILE)

    def require_whole(self, batches: Iterable[BatchManifest]) -> None:
        """Do nothing if the batches' Parquet files are what was landed. Raises `LakeError` if one of them is not."""
        for batch in batches:
            for name, landed in batch.file_sha256.items():
                file = self._batch_folder(batch.system, batch.table, batch.batch_id) / name
                if not file.exists() or _sha256(file) != landed:
                    raise LakeError(f"{file} is not what was landed. {_what_to_do(file)}")

    def find(self, system: str, table: str, content_hash: str) -> BatchManifest | None:
        """Return the batch of this very content, if it ever landed: a content that comes back is no new batch."""
        folders = self.folder(system, table).glob(f"batch=*-{content_hash[:_HASH_IN_ID]}")
        found = (self.batch(system, table, folder.name.removeprefix("batch=")) for folder in folders)
        return next((batch for batch in found if batch.content_hash == content_hash), None)

    def rows(self, manifest: BatchManifest) -> str:
        """Return the batch's landed rows for SQL, to stand after FROM: the source's columns and source_row."""
        return landed_rows(self.data_file(manifest), manifest.first_row)

    def data_file(self, manifest: BatchManifest) -> Path:
        """Return the Parquet file of the batch's landed rows; read it by way of `rows`, which knows their lines."""
        return self._batch_folder(manifest.system, manifest.table, manifest.batch_id) / DATA_FILE

    def rejects_file(self, manifest: BatchManifest) -> Path | None:
        """Return the Parquet file of the batch's quarantined rows, or None if there are none.

        One row per quarantined row: source_row, column_name, reason, raw_text.
        """
        file = self._batch_folder(manifest.system, manifest.table, manifest.batch_id) / REJECTS_FILE
        return file if manifest.rows_quarantined else None

    def folder(self, system: str, table: str) -> Path:
        """Return the folder of a table."""
        return self.root / system / table

    @contextmanager
    def loading(self, system: str, table: str) -> Iterator[None]:
        """Be the only one that loads this table, waiting for another process if need be.

        Clear what a killed load left.
        """
        folder = self.folder(system, table)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for leftover in folder.glob(f"{_LOADING}*"):
                shutil.rmtree(leftover)
            yield

    @contextmanager
    def preparing(self, system: str, table: str) -> Iterator[Path]:
        """Give an empty folder to write a batch's files in; it is gone afterwards unless `add` made it a batch."""
        with self._folder_for_now(system, table, "batch") as workplace:
            yield workplace

    @contextmanager
    def spilling(self, system: str, table: str) -> Iterator[Path]:
        """Give an empty folder for what reading several files of a table spills; it is gone afterwards."""
        with self._folder_for_now(system, table, "spill") as folder:
            yield folder

    @contextmanager
    def _folder_for_now(self, system: str, table: str, what: str) -> Iterator[Path]:
        folder = self.folder(system, table) / f"{_LOADING}{what}-{os.getpid()}-{threading.get_native_id()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def add(self, manifest: BatchManifest, workplace: Path) -> BatchManifest:
        """Make the files in `workplace` an immutable batch, in one step. Return its manifest. Only inside `loading`."""
        hashes = {file.name: _sha256(file) for file in sorted(workplace.iterdir()) if file.suffix == ".parquet"}
        manifest = manifest.model_copy(update={"file_sha256": hashes})
        manifest.write(workplace / MANIFEST_FILE)
        for file in workplace.iterdir():
            _to_disk(file)
        folder = self._batch_folder(manifest.system, manifest.table, manifest.batch_id)
        workplace.rename(folder)
        _to_disk(folder.parent)
        return manifest

    def commit(self, system: str, table: str, batches: list[BatchManifest], row_count: int, now: datetime) -> None:
        """Make these batches, in this order, the table's current state, in one step.

        Nothing is written if they are it already.
        """
        last = self._snapshot(system, table, None)
        ids = tuple(batch.batch_id for batch in batches)
        if last and last.batches == ids:
            return
        known_at = max(now, last.known_at + timedelta(microseconds=1)) if last else now
        folder = self.folder(system, table) / _SNAPSHOTS
        folder.mkdir(exist_ok=True)
        with self.preparing(system, table) as workplace:
            file = workplace / f"{known_at:%Y%m%dT%H%M%S.%fZ}.json"
            _Snapshot(known_at=known_at, batches=ids, row_count=row_count).write(file)
            _to_disk(file)
            file.rename(folder / file.name)
            _to_disk(folder)

    def last_whole_reading(self, system: str, table: str) -> datetime | None:
        """Return when the table was last read whole, also if nothing had changed; None if that is not known."""
        file = self.folder(system, table) / _WHOLE_READING
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None

    def note_whole_reading(self, system: str, table: str) -> None:
        """Remember that the table was read whole just now. Only inside `loading`, after `commit`."""
        (self.folder(system, table) / _WHOLE_READING).touch()

    def _snapshot(self, system: str, table: str, as_of: datetime | None) -> _Snapshot | None:
        limit = f"{as_of.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}" if as_of else None
        files = (self.folder(system, table) / _SNAPSHOTS).glob("*.json")
        newest = max((file for file in files if limit is None or file.stem <= limit), default=None)
        return _Snapshot.read(newest) if newest else None

    def _batch_folder(self, system: str, table: str, batch_id: str) -> Path:
        return self.folder(system, table) / f"batch={batch_id}"


def batch_identity(known_at: datetime, content_hash: str) -> str:
    """Return a batch's id: when it was known, to the second in UTC, and the first 12 hex digits of its content hash."""
    return f"{known_at:%Y%m%dT%H%M%SZ}-{content_hash[:_HASH_IN_ID]}"


def landed_rows(data: Path, first_row: int | None) -> str:
    """Return the rows of a data.parquet for SQL, with source_row; see `BatchManifest.first_row`."""
    if first_row is None:
        return f"read_parquet({literal(str(data))}, hive_partitioning = false)"
    return (
        f"(SELECT * EXCLUDE (file_row_number), file_row_number + {first_row} AS source_row "
        f"FROM read_parquet({literal(str(data))}, hive_partitioning = false, file_row_number = true))"
    )


def _seal_of(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _what_to_do(file: Path) -> str:
    """Return what mends a damaged file of the lake, `<table>/<batch or snapshots>/<file>`, as a sentence."""
    return (
        f"Restore it from a backup; without one, move {file.parents[1]} away and run again: the table then begins anew "
        "with what its source holds now."
    )


def _to_disk(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
