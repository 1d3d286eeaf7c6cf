"""A folder elsewhere (S3, SFTP, whatever fsspec reads), as a `places.Place`: files are listed there and fetched here.

A listing gives each file's mark (size and version, or time of writing), by which an unchanged file costs nothing. A new
or changed one is copied below the batch's workplace and read like a local file; messages name it as it is called there.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.settings import settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import MissingSourceError, SourceError, UnsettledSourceError
from orchestration.sources.folders import remote_faults
from orchestration.sources.folders.storage import Address, address, has_whole_objects, open_file_system
from orchestration.sources.lake.raw_lake import Mark, RemoteMark

_FETCHED = "fetched"
_MAGIC = "*?["
_VERSIONS = ("ETag", "etag", "md5Hash", "content_md5")
_TIMES = ("LastModified", "last_modified", "mtime", "modified", "modify", "updated")
_COARSEST_CLOCK = 2
"""Seconds: a server may tell the time of writing in steps as long as this."""


@dataclass(frozen=True)
class _Entry:
    """What a listing says of one name in a folder."""

    kind: str
    """file, directory, link or other."""
    mark: RemoteMark


@contextmanager
def open_remote_folder(system: SourceSystem, url: str) -> Iterator["RemoteFolder"]:
    """Connect to where a system's files are. Raises a `SourceError` that shows no secret."""
    place = address(system, url)
    with place.secrets.kept_out_of_logs():
        try:
            files, folder = open_file_system(system, place)
        except SourceError:
            raise
        except Exception as error:
            raise _fault(error, place, place.url, doing="opened") from None
        try:
            yield RemoteFolder(place, files, folder, [table.files or "" for table in system.tables])
        finally:
            if close := getattr(files, "close", None):
                close()


class RemoteFolder:
    """A folder elsewhere; each of its folders is listed once while it is open."""

    can_be_read_at_once = False

    def __init__(self, place: Address, files: Any, folder: str, patterns: Sequence[str]) -> None:
        """`files` is an fsspec file system, `patterns` are the globs that will be asked for."""
        self.can_grow = not has_whole_objects(place.protocol)
        self._place = place
        self._files = files
        self._folder = folder
        self._patterns = patterns
        self._listed: dict[str, tuple[float, dict[str, _Entry]]] = {}
        self._real_folder: str | None = None

    def shown(self, name: str = "") -> str:
        """See `places.Place`."""
        return f"{self._place.url}/{name}" if name else self._place.url

    def check(self, where: str) -> None:
        """See `places.Place`. An object store has no folders that could be missing."""
        if not self.can_grow:
            return
        try:
            self._listing("")
        except _NoFolderError as error:
            raise MissingSourceError(f"{where}: {error}") from error

    def names(self, pattern: str) -> list[str]:
        """See `places.Place`. Links to folders are followed where they are named, not where a wildcard finds them."""
        parts = PurePosixPath(pattern).parts
        fixed = [*takewhile(lambda part: not set(part) & set(_MAGIC), parts[:-1])]
        found = self._matching("/".join(fixed), parts[len(fixed) :])
        return sorted(set(found), key=lambda name: name.split("/"))

    def has(self, name: str) -> bool:
        """See `places.Place`."""
        folder, _, last = name.rpartition("/")
        return last in self._entries(folder)

    def refuse_unless_file(self, name: str, where: str) -> None:
        """See `places.Place`."""
        if self._entry(name).kind != "file":
            raise MissingSourceError(
                f"{where}: {self.shown(name)} is not a file. Take it away, or narrow files in defs.yaml."
            )

    def mark(self, name: str) -> RemoteMark:
        """See `places.Place`."""
        return self._entry(name).mark

    def mark_now(self, name: str) -> RemoteMark:
        """See `places.Place`."""
        return self._looked_up(name).mark

    def vouches(self, mark: Mark, known_at: datetime) -> bool:  # noqa: ARG002 (the server's clock is not ours)
        """See `places.Place`.

        A time of writing vouches if the file was seen untouched for longer than the clock's steps before it was read.
        """
        if not isinstance(mark, RemoteMark):
            return False
        return bool(mark.version or (mark.modified_at and settings().settle_seconds >= _COARSEST_CLOCK))

    def settled(self, name: str, *, is_complete: bool) -> RemoteMark:
        """See `places.Place`. Two looks are compared, as the server's clock may differ from ours.

        All declared folders are listed before the wait, so that the first file of a system waits for the others, too.
        """
        mark = self.mark(name)
        if is_complete or not self.can_grow:
            return mark
        seen_at, _ = self._listed[name.rpartition("/")[0]]
        needed = settings().settle_seconds
        if (remaining := seen_at + needed - time.monotonic()) > 0:
            for pattern in self._patterns:
                with suppress(SourceError):  # said where that table is landed
                    self.names(pattern)
            time.sleep(remaining)
        if needed and self.mark_now(name) != mark:
            raise UnsettledSourceError(
                f"{self.shown(name)}: the file is still being written. It is taken when it has not changed for "
                f"{needed:g} seconds; run again. Where files are written slowly, declare a marker in defs.yaml."
            )
        return mark

    @contextmanager
    def fetched(self, name: str, workplace: Path) -> Iterator[Path]:
        """See `places.Place`."""
        self._refuse_if_it_leads_out(name)
        folder = workplace / _FETCHED
        folder.mkdir()
        copy = folder / PurePosixPath(name).name
        try:
            self._files.get_file(self._path(name), str(copy))
        except Exception as error:
            raise self._fault(error, name, doing="fetched") from None
        try:
            yield copy
        except SourceError as error:  # readers, and libraries below them, know the copy only
            there = self.shown(name).rpartition("/")[0]
            raise type(error)(str(error).replace(str(folder), there)) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _matching(self, folder: str, parts: Sequence[str]) -> Iterator[str]:
        first, rest = parts[0], parts[1:]
        if first == "**" and rest:
            yield from self._matching(folder, rest)
        for last, entry in self._entries(folder).items():
            name = f"{folder}/{last}" if folder else last
            if first == "**" and entry.kind == "directory":
                yield from self._matching(name, parts)
            elif not rest and fnmatchcase(last, first):
                yield name
            elif rest and entry.kind == "directory" and fnmatchcase(last, first):
                yield from self._matching(name, rest)

    def _entries(self, folder: str) -> dict[str, _Entry]:
        """Return what is in a folder, hidden things left out; nothing where there is no such folder."""
        try:
            return self._listing(folder)[1]
        except _NoFolderError:
            if not folder and self.can_grow:
                raise
            return {}

    def _listing(self, folder: str) -> tuple[float, dict[str, _Entry]]:
        """Return when a folder was listed, on this computer's clock, and what was in it."""
        if folder in self._listed:
            return self._listed[folder]
        seen_at = time.monotonic()
        try:
            found = self._files.ls(self._path(folder), detail=True)
        except Exception as error:
            if remote_faults.is_not_there(error) and (self.can_grow or error.__cause__ is None):
                raise _NoFolderError(
                    f"there is no folder {self.shown(folder)}. Put the files there, or correct root in defs.yaml."
                ) from None
            raise self._fault(error, folder, doing="listed") from None
        names = [str(info["name"]).rstrip("/").rpartition("/")[2] for info in found]
        entries = {
            name: _Entry(str(info.get("type", "other")), _mark(info))
            for name, info in sorted(zip(names, found, strict=True), key=lambda pair: pair[0])
            if name and not name.startswith(".") and str(info["name"]).strip("/") != self._path(folder).strip("/")
        }
        self._listed[folder] = (seen_at, entries)
        return self._listed[folder]

    def _entry(self, name: str) -> _Entry:
        """Return what the listing says of a name; of a link, what it leads to."""
        folder, _, last = name.rpartition("/")
        entries = self._entries(folder)
        if last in entries and entries[last].kind == "link":
            entries[last] = self._looked_up(name, missing="other")
        return entries[last]

    def _looked_up(self, name: str, *, missing: str | None = None) -> _Entry:
        try:
            info = self._files.info(self._path(name))
        except Exception as error:
            if missing and remote_faults.is_not_there(error):
                return _Entry(missing, RemoteMark(size=None))
            raise self._fault(error, name, doing="looked at") from None
        return _Entry(str(info.get("type", "other")), _mark(info))

    def _refuse_if_it_leads_out(self, name: str) -> None:
        """Raise `MissingSourceError` for a file that links on the server place outside the folder."""
        if not hasattr(self._files, "real_path"):
            return
        try:
            self._real_folder = self._real_folder or str(self._files.real_path(self._folder or "/"))
            real = str(self._files.real_path(self._path(name)))
        except Exception as error:
            raise self._fault(error, name, doing="looked at") from None
        if not PurePosixPath(real).is_relative_to(self._real_folder):
            raise MissingSourceError(
                f"{self.shown(name)} is a link that leads out of {self.shown()}. Put the file itself there."
            )

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}" if name else self._folder or "/"

    def _fault(self, error: Exception, name: str, *, doing: str) -> SourceError:
        return _fault(error, self._place, self.shown(name), doing=doing)


class _NoFolderError(MissingSourceError):
    """A folder is not there, which is a fault only of the root."""


def _fault(error: Exception, place: Address, where: str, *, doing: str) -> SourceError:
    fault = remote_faults.in_words(error, where, doing=doing)
    return type(fault)(place.secrets.out_of(str(fault)))


def _mark(info: dict[str, Any]) -> RemoteMark:
    version = next((str(info[name]).strip('"') for name in _VERSIONS if info.get(name)), None)
    written = next((info[name] for name in _TIMES if info.get(name)), None)
    size = info.get("size")
    return RemoteMark(
        size=int(size) if size is not None else None,
        version=version,
        modified_at=str(written) if written and not version else None,
    )
