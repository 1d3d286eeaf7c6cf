"""The faults of the warehouse and of publishing, one type per kind of fault, each a message to a person.

Belongs here: the exception types, and turning DuckDB's own errors about a file into them. What raises them lives in
its own module; they are caught only at the edge (the command line, a Dagster asset).
"""
# ruff: noqa: N818  (named for the fault a person sees: WarehouseLocked, MartMissing)

import re
from pathlib import Path

import duckdb

from orchestration.errors import TieoutError

_HELD_BY = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_OPEN_IN_THIS_PROCESS = ("different configuration than existing connections", "Unique file handle conflict")


class WarehouseError(TieoutError):
    """Any fault of this room; its text says what was wrong, where, and what to do."""


class WarehouseMissing(WarehouseError):
    """There is no warehouse file yet."""


class WarehouseLocked(WarehouseError):
    """Another connection is writing the warehouse, or keeps it open."""


class MartMissing(WarehouseError):
    """Nothing has been published yet."""


class MartLocked(WarehouseError):
    """Somebody has opened the published mart for writing."""


class NotADatabase(WarehouseError):
    """The file is there, and DuckDB cannot open it."""


class AsOfRefused(WarehouseError):
    """The time of a rebuilt past cannot be read, has no zone, lies in the future, or before anything was known."""


class RawTableUndeclared(WarehouseError):
    """A source table has neither a batch nor declared columns, so that its view cannot be typed."""


class NoSuchFigure(WarehouseError):
    """A figure was asked for that the trial balance does not have."""


class CheckResultsUnusable(WarehouseError):
    """The results of the checks are missing, unreadable, or older than the warehouse they should speak of."""


class PublicationBlocked(WarehouseError):
    """A check of severity error failed; the published mart stays as it was."""


class PublicationBusy(WarehouseError):
    """Another process is publishing to the same place."""


class NothingToPublish(WarehouseError):
    """The warehouse lacks tables that the published mart must have."""


class PublicationFailed(WarehouseError):
    """Writing the new mart failed; the published mart stays as it was."""


def warehouse_fault(error: duckdb.Error, path: Path) -> WarehouseError:
    """Return what `error`, raised on opening the warehouse file at `path`, means to a person."""
    holder = _holder(error)
    if holder:
        return WarehouseLocked(
            f"The warehouse {path} is in use by {holder}. Wait until it has finished, or end it, and run again."
        )
    return _not_a_database(error, path)


def mart_fault(error: duckdb.Error, path: Path) -> WarehouseError:
    """Return what `error`, raised on opening the published mart at `path`, means to a person."""
    holder = _holder(error)
    if holder:
        return MartLocked(
            f"The published mart {path} is open for writing in {holder}. "
            "Readers must open it read-only: close it there and set that tool's connection to read-only."
        )
    return _not_a_database(error, path)


def _holder(error: duckdb.Error) -> str | None:
    """Return who holds the lock that `error` complains of; None when it is about something else."""
    text = str(error)
    if match := _HELD_BY.search(text):
        return f"{Path(match['program']).name} (process {match['pid']})"
    if "Could not set lock" in text:
        return "another process"
    if any(phrase in text for phrase in _OPEN_IN_THIS_PROCESS):
        return "this same process, through another connection"
    return None


def _not_a_database(error: duckdb.Error, path: Path) -> NotADatabase:
    reason = str(error).splitlines()[0]
    return NotADatabase(
        f"{path} cannot be used: {reason} If it is damaged, or not Tieout's, move it away "
        "(keep it if you need its history), then run `tieout run`, which builds it anew."
    )
