"""What the computer refuses, in words for a person: a full disk, no permission, a damaged file, too little memory.

Belongs here: faults that any line may meet and no line can mend. They are put into words at the edges, the command line
and Dagster's steps. What a module knows more of (a source, the warehouse, the mart, the lake) it says itself.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator

import duckdb

from orchestration.errors import TieoutError

_WHAT_TO_DO = {
    errno.ENOSPC: "Free some space",
    errno.EDQUOT: "Free some space, or raise the quota",
    errno.EFBIG: "Raise the limit of the size of files",
    errno.EACCES: "Give the user that Tieout runs as the permission to read and write there",
    errno.EPERM: "Give the user that Tieout runs as the permission to read and write there",
    errno.EROFS: "Make that place writable",
    errno.ENOTDIR: "Move away the file that is where a folder must be",
    errno.EIO: "Have the disk looked at",
    errno.EMFILE: "Raise the limit of open files",
    errno.ENOMEM: "Give Tieout more memory",
}
_OF_THE_DISK = ("full", "readonly", "unable to open", "disk i/o", "locked")
"""What SQLite says of the place of a file, and not of what is in it."""
_STAYS = "and run again; what is published stays as it is."
_NO_THREAD = "can't start new thread"
"""What Python says, as an ordinary RuntimeError, where there is no memory for one."""


class OutsideError(TieoutError):
    """The computer refused something; the text says what, where and what to do."""


def outside_fault(error: BaseException) -> OutsideError | None:
    """Return what the computer refused if that is what led to `error`, else None: then it is a defect."""
    for each in _chain(error):
        if isinstance(each, OSError) and each.errno in _WHAT_TO_DO:
            place = f"{each.filename}: " if each.filename else ""
            return OutsideError(f"{place}{os.strerror(each.errno)}. {_WHAT_TO_DO[each.errno]}, {_STAYS}")
        if isinstance(each, sqlite3.Error):
            return OutsideError(_of_the_record(str(each)))
        if isinstance(each, MemoryError | duckdb.OutOfMemoryException) or _NO_THREAD in str(each):
            return OutsideError(
                f"There is not enough memory. Give the process more, or DuckDB (TIEOUT_MEMORY_LIMIT), {_STAYS}"
            )
        if isinstance(each, duckdb.IOException | duckdb.FatalException | duckdb.SerializationException):
            said = str(each).splitlines()[0].rstrip(".")
            return OutsideError(f"{said}. Free space, or move a damaged file away that is named, {_STAYS}")
    return None


def _of_the_record(said: str) -> str:
    """Return what SQLite's fault means; only Dagster's record of the runs is kept by it."""
    home = os.environ.get("DAGSTER_HOME", "DAGSTER_HOME")
    if any(sign in said.lower() for sign in _OF_THE_DISK):
        return f"Dagster's record of the runs below {home} cannot be written: {said}. Mend that, {_STAYS}"
    return (
        f"Dagster's record of the runs below {home} is damaged: {said}. Move that folder away, and run again: the "
        "history of the runs is lost with it, no figure and no report."
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        yield from (orig for orig in (getattr(seen, "orig", None),) if isinstance(orig, BaseException))
        seen = seen.__cause__ or seen.__context__
