"""Where a system's files are: a folder of this computer, or one elsewhere. Which of them are a table is in `files`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from orchestration.sources.declaration.locations import is_url
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import DeclarationError
from orchestration.sources.folders.local_folder import LocalFolder
from orchestration.sources.lake.raw_lake import Mark


class Place(Protocol):
    """A folder of files. Names are relative to it, with / between folders; all methods may raise a `SourceError`."""

    can_grow: bool
    """Whether a file may be seen while it is being written; of an object store only whole ones are."""
    can_be_read_at_once: bool
    """Whether several threads may read files; a session with a server has one at a time."""

    def shown(self, name: str = "") -> str:
        """Return what messages call a file here, or the folder itself."""

    def check(self, where: str) -> None:
        """Raise `MissingSourceError`, beginning with `where`, if the folder is not there."""

    def names(self, pattern: str) -> list[str]:
        """Return the name of everything that a glob finds, in order of name."""

    def has(self, name: str) -> bool:
        """Return whether there is something of this name."""

    def refuse_unless_file(self, name: str, where: str) -> None:
        """Raise `MissingSourceError` if what `names` found is no file, or is one outside this folder."""

    def mark(self, name: str) -> Mark:
        """Return the mark of a file as it was listed."""

    def mark_now(self, name: str) -> Mark:
        """Return the mark of a file, looked at again."""

    def vouches(self, mark: Mark, known_at: datetime) -> bool:
        """Return whether an equal mark means that the file is what it was when it was read at `known_at`."""

    def settled(self, name: str, *, is_complete: bool) -> Mark:
        """Return a file's mark once it has not been touched for a while, or at once if it is said to be complete.

        Raises `UnsettledSourceError` if it is still being written.
        """

    def fetched(self, name: str, workplace: Path) -> AbstractContextManager[Path]:
        """Give the path at which the file's bytes can be read; a copy is made below `workplace`, if at all."""


@contextmanager
def open_place(system: SourceSystem, project_root: Path) -> Iterator[Place]:
    """Open the folder of a system's files; a relative one starts at `project_root`.

    Raises `DeclarationError` where an environment variable is not set, and other `SourceError`s where a server cannot
    be reached or refuses.
    """
    root = system.location()
    if is_url(root):
        from orchestration.sources.folders.remote_folder import open_remote_folder  # noqa: PLC0415 (fsspec is not loaded for nothing)

        with open_remote_folder(system, root) as place:
            yield place
        return
    if system.storage:
        raise DeclarationError(
            f"Source system {system.name}: storage is for a root such as s3://… or sftp://…, and this one is a folder."
        )
    yield LocalFolder(project_root / root)
