"""A folder of this computer, as a `places.Place`: its files are read where they are."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.settings import settings
from orchestration.sources.errors import MissingSourceError, UnsettledSourceError
from orchestration.sources.lake.raw_lake import FileMark, Mark

_SETTLED = timedelta(seconds=2)
"""A file touched less than this before it was read is hashed again.

Its time stamps may be too coarse to show a later write.
"""


class LocalFolder:
    """A folder of this computer."""

    can_grow = True
    can_be_read_at_once = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shown(self, name: str = "") -> str:
        """See `places.Place`."""
        return str(self.folder / name)

    def check(self, where: str) -> None:
        """See `places.Place`."""
        if not self.folder.is_dir():
            raise MissingSourceError(
                f"{where}: there is no folder {self.folder}. Put the files there, or correct root in defs.yaml."
            )

    def names(self, pattern: str) -> list[str]:
        """See `places.Place`."""
        found = sorted(self.folder.glob(pattern))
        if not found and (named := self.folder / pattern).is_symlink():  # a link to nothing, which glob leaves out
            found = [named]
        return [path.relative_to(self.folder).as_posix() for path in found]

    def has(self, name: str) -> bool:
        """See `places.Place`."""
        return (self.folder / name).exists()

    def refuse_unless_file(self, name: str, where: str) -> None:
        """See `places.Place`."""
        path = self.folder / name
        if not path.exists():
            raise MissingSourceError(f"{where}: {path} is a link to nothing. Put the file itself there.")
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise MissingSourceError(
                f"{where}: {path} is a link that leads out of {self.folder}. Put the file itself there."
            )
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no ordinary file"
            raise MissingSourceError(f"{where}: {path} is {kind}. Take it away, or narrow files in defs.yaml.")

    def mark(self, name: str) -> FileMark:
        """See `places.Place`."""
        return self.mark_now(name)

    def mark_now(self, name: str) -> FileMark:
        """See `places.Place`."""
        path = self.folder / name
        try:
            return FileMark.of(path)
        except OSError as error:
            raise MissingSourceError(
                f"{path}: the file cannot be read: {error.strerror}. Check that it is there and permitted."
            ) from error

    def vouches(self, mark: Mark, known_at: datetime) -> bool:
        """See `places.Place`."""
        return isinstance(mark, FileMark) and datetime.fromtimestamp(mark.ctime_ns / 1e9, UTC) + _SETTLED < known_at

    def settled(self, name: str, *, is_complete: bool) -> FileMark:
        """See `places.Place`."""
        mark = self.mark(name)
        needed = settings().settle_seconds
        remaining = min(needed, needed - (time.time() - mark.mtime_ns / 1e9))
        if is_complete or remaining <= 0:
            return mark
        time.sleep(remaining)
        if self.mark(name) != mark:
            raise UnsettledSourceError(
                f"{self.shown(name)}: the file is still being written. It is taken when it has not changed for "
                f"{needed:g} seconds; run again. Where files are written slowly, declare a marker in defs.yaml."
            )
        return mark

    @contextmanager
    def fetched(self, name: str, workplace: Path) -> Iterator[Path]:  # noqa: ARG002 (nothing is copied)
        """See `places.Place`."""
        yield self.folder / name
