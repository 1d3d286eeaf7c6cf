"""Publishing: from the checked warehouse to the file that readers open, in one atomic step.

Belongs here: the order of the steps, and what makes it atomic. What is published is in `content`, what the mart says
of itself in `evidence`, and whether the checks allow it in `checks`. Nothing is computed here: a published figure is
a row of the warehouse.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.settings import settings
from orchestration.warehouse.checks import CheckRow, refuse_if_blocked
from orchestration.warehouse.connect import Limits, attach_mart, attach_warehouse, identifier, literal
from orchestration.warehouse.content import (
    PUBLISHED_SCHEMAS,
    Table,
    content_hash,
    digest,
    published_tables,
)
from orchestration.warehouse.errors import NothingToPublish, PublicationBusy, PublicationFailed, mart_fault
from orchestration.warehouse.evidence import (
    Evidence,
    PublicationRow,
    evidence,
    last_publication,
    read_evidence,
    write_evidence,
)
from orchestration.warehouse.freshness import SourceFreshness

_WAREHOUSE, _PREVIOUS, _NEW = "warehouse", "previous", "new_mart"
_READ_ONLY_FILE = 0o444


@dataclass(frozen=True)
class Description:
    """What a table is, and what its columns mean."""

    text: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Publication:
    """What is published now, and whether this run put it there."""

    row: PublicationRow
    path: Path
    rows_by_table: dict[str, int]
    """Rows of every published data table, by `schema.table`."""
    is_new: bool
    """False: neither a figure nor the evidence for it changed, and the file was not touched."""


def publish(
    warehouse: Path,
    published: Path,
    checks: Sequence[CheckRow],
    freshness: Sequence[SourceFreshness],
    code_version: str,
    now: datetime,
    *,
    tables: Collection[str] | None = None,
    descriptions: Mapping[str, Description] | None = None,
    limits: Limits | None = None,
) -> Publication:
    """Make the marts in the file `warehouse` what readers find at `published`, or change nothing.

    The new file is built beside the target and renamed over it, so a reader sees the old mart or the new one, and an
    open reader keeps the old one. A publication that is killed leaves the old mart and a temporary file, which the
    next one removes. If neither the content nor the evidence (outcomes of checks, batches of sources) differs from
    what is there, and that is whole, the file is left as it is, byte by byte.

    Takes the DuckDB file that dbt built (opened read-only), where the mart is to be, the results of all checks on this
    warehouse, one freshness row per source table, which code built it, and the time of publication with its time zone.
    `tables`: which tables (`schema.table`) the mart is made of; all of the published schemas unless given. What the
    warehouse still holds of a model that is gone is then left out. `descriptions`: what each of them and its columns
    mean, for the comments that BI tools show; the warehouse's own comments unless given. `limits`: what DuckDB may
    use; from the settings unless given.

    Raises `PublicationBlocked` if a check of severity error failed, `NothingToPublish` if a schema of the contract
    has no table, `PublicationBusy` if another process is publishing there, `PublicationFailed` if the new file could
    not be written, and `WarehouseMissing`, `WarehouseLocked`, `MartLocked` or `NotADatabase` if one of the files
    cannot be opened.
    """
    refuse_if_blocked(checks, published)
    published.parent.mkdir(parents=True, exist_ok=True)
    with _publishing_alone(published), duckdb.connect(config=(limits or Limits.of(settings())).config()) as connection:
        connection.execute("set TimeZone = 'UTC'")  # the hash reads times as text
        _remove_leftovers(published)
        attach_warehouse(connection, warehouse, _WAREHOUSE)
        found = published_tables(connection, _WAREHOUSE)
        chosen = [
            _described(table, (descriptions or {}).get(table.label))
            for table in found
            if tables is None or table.label in tables
        ]
        _require_complete(chosen, tables, warehouse)
        last, last_evidence = _in_place(connection, published)
        with _new_file(connection, published) as new:
            _copy_tables(connection, chosen)
            digests = [digest(connection, _NEW, table) for table in chosen]
            rows_by_table = {each.table.label: each.rows for each in digests}
            content = content_hash(digests)
            is_same = last and last.content_hash == content and last_evidence == evidence(checks, freshness)
            if last and is_same and _is_whole(connection, chosen, content):
                return Publication(last, published, rows_by_table, is_new=False)
            row = _publication_row(last, content, checks, code_version, now)
            write_evidence(
                connection,
                _NEW,
                publication=row,
                checks=checks,
                freshness=freshness,
                history_from=_PREVIOUS if last else None,
            )
            _put_in_place(connection, new, published)
        return Publication(row, published, rows_by_table, is_new=True)


@contextmanager
def _publishing_alone(published: Path) -> Iterator[None]:
    """Hold the target's folder for one publisher; the lock goes when its process does, however it ends."""
    folder = os.open(published.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise PublicationBusy(
            f"Another process is publishing to {published.parent}. Wait until it has finished, then run again."
        ) from error
    finally:
        os.close(folder)


def _remove_leftovers(published: Path) -> None:
    """Remove what a killed publication left beside the target: its temporary file and that file's write-ahead log."""
    for leftover in published.parent.glob(f"{published.name}.*.tmp*"):
        leftover.unlink()


def _require_complete(chosen: Sequence[Table], tables: Collection[str] | None, warehouse: Path) -> None:
    """Refuse a warehouse in which something was skipped although the build was green."""
    schemas = {table.schema for table in chosen}
    missing = sorted(set(tables or ()) - {table.label for table in chosen})
    missing += [f"schema {schema}" for schema in PUBLISHED_SCHEMAS if schema not in schemas and schema != "meta"]
    if missing:
        raise NothingToPublish(
            f"The warehouse {warehouse} lacks {', '.join(missing)}: its marts were not built, or not all of them. "
            "Run `tieout run`; if it says so again, look for skipped models in its output."
        )


def _in_place(connection: duckdb.DuckDBPyConnection, published: Path) -> tuple[PublicationRow | None, Evidence | None]:
    """Attach the mart that is in place, if there is one, and return its last publication and its evidence."""
    if not published.exists():
        return None, None
    attach_mart(connection, published, _PREVIOUS)
    try:
        return last_publication(connection, _PREVIOUS), read_evidence(connection, _PREVIOUS)
    except duckdb.Error as error:  # a DuckDB file that is not a mart of ours is never overwritten
        raise mart_fault(error, published) from error


def _is_whole(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], content: str) -> bool:
    """Return whether the mart that is in place still holds the content that it says."""
    try:
        return content_hash(digest(connection, _PREVIOUS, table) for table in tables) == content
    except duckdb.Error:
        return False


def _publication_row(
    last: PublicationRow | None, content: str, checks: Sequence[CheckRow], code_version: str, now: datetime
) -> PublicationRow:
    """Return the history's new row; its id is the publication's number and the first digits of the content hash."""
    number = int(last.publication_id.partition("-")[0]) + 1 if last else 1
    statuses = Counter(check.status for check in checks)
    return PublicationRow(
        publication_id=f"{number:06d}-{content[:8]}",
        published_at=now.astimezone(UTC),
        code_version=code_version,
        content_hash=content,
        checks_passed=statuses["pass"],
        checks_warned=statuses["warn"],
        checks_failed=statuses["fail"],
    )


@contextmanager
def _new_file(connection: duckdb.DuckDBPyConnection, published: Path) -> Iterator[Path]:
    """Attach a new, empty file beside the target; what the body has not put in place by its end is removed."""
    temporary = published.with_name(f"{published.name}.new.tmp")
    try:
        connection.execute(f"attach {literal(temporary)} as {identifier(_NEW)}")
        yield temporary
    except (duckdb.Error, OSError) as error:
        raise PublicationFailed(
            f"The new mart could not be written to {temporary}: {error} "
            f"Nothing was published, {published} stays as it was. "
            "Mend that (is the disk full?) and run `tieout run` again."
        ) from error
    finally:
        with suppress(duckdb.Error):
            connection.execute(f"detach database if exists {identifier(_NEW)}")
        _remove_leftovers(published)


def _put_in_place(connection: duckdb.DuckDBPyConnection, new: Path, published: Path) -> None:
    """Close the new file, and put it in the target's place."""
    connection.execute(f"checkpoint {identifier(_NEW)}")
    connection.execute(f"detach {identifier(_NEW)}")
    # A tool that opens the mart for writing is refused, instead of locking the readers out.
    new.chmod(_READ_ONLY_FILE)
    _flush(new)
    os.replace(new, published)  # noqa: PTH105  (the one step that readers see)
    _flush(published.parent)


def _copy_tables(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Copy every published table from the warehouse to the new file, in the warehouse's order of rows."""
    for schema in PUBLISHED_SCHEMAS:
        connection.execute(f"create schema {identifier(_NEW)}.{identifier(schema)}")
    for table in tables:
        target = table.quoted(_NEW)
        columns = ", ".join(
            f"{identifier(column.name)} {column.data_type}{'' if column.is_nullable else ' not null'}"
            for column in table.columns
        )
        connection.execute(f"create table {target} ({columns})")
        connection.execute(f"insert into {target} from {table.quoted(_WAREHOUSE)}")
        _comment(connection, table)


def _described(table: Table, description: Description | None) -> Table:
    if description is None:
        return table
    columns = tuple(
        replace(column, comment=description.columns.get(column.name) or column.comment) for column in table.columns
    )
    return replace(table, comment=description.text or table.comment, columns=columns)


def _comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    target = table.quoted(_NEW)
    if table.comment:
        connection.execute(f"comment on table {target} is {literal(table.comment)}")
    for column in table.columns:
        if column.comment:
            connection.execute(f"comment on column {target}.{identifier(column.name)} is {literal(column.comment)}")


def _flush(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
