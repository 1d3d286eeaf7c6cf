"""Putting a rendered report into the archive folder: exactly once for each publication and closing, and never half."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from orchestration.reports.document import MonthlyReport
from orchestration.reports.errors import ReportError

LATEST = "latest.html"
_HALF_WRITTEN = ".report-*.tmp"


@dataclass(frozen=True)
class Delivery:
    """Where a report lies. `is_new` is false when exactly this report was there already."""

    path: Path
    is_new: bool


def deliver_to_folder(html: str, report: MonthlyReport, folder: Path) -> Delivery:
    """Write `html` to `<folder>/<closing>/tieout-<closing>-<publication>.html` and to `<folder>/latest.html`.

    The same report again changes nothing. What was delivered is never replaced: another text for the same publication
    (of a newer version of the report) becomes its next edition, `...-edition-2.html`. `latest.html` is the one of the
    newest closing in the folder. Raises ReportError when the folder cannot be written.
    """
    closing_id, publication_id = report.period.current.closing_id, report.quality.stamp.publication_id
    archive = folder / closing_id
    content = html.encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _delivering_alone(folder):
            path, is_new = _place(content, archive, f"tieout-{closing_id}-{publication_id}")
            latest = folder / LATEST
            newest = max(place.name for place in folder.iterdir() if place.is_dir())
            if closing_id == newest and not (latest.is_file() and latest.read_bytes() == content):
                _replace(content, latest)
    except OSError as error:
        raise ReportError(
            f"The report cannot be written to {archive}: {error.strerror}. Check the folder and its space."
        ) from error
    return Delivery(path, is_new)


@contextmanager
def _delivering_alone(folder: Path) -> Iterator[None]:
    """Hold the archive, after waiting for another process that does, and remove what a killed one left half written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for leftover in (*folder.glob(_HALF_WRITTEN), *folder.glob(f"*/{_HALF_WRITTEN}")):
            leftover.unlink()
        yield
    finally:
        os.close(descriptor)


def _place(content: bytes, folder: Path, stem: str) -> tuple[Path, bool]:
    """Write the first edition that is not there yet, unless one is there with this content; say where, and whether new.

    A link, unlike a rename, fails when another process was faster.
    """
    folder.mkdir(exist_ok=True)
    temporary = _written(content, folder)
    try:
        for edition in count(1):
            path = folder / (f"{stem}.html" if edition == 1 else f"{stem}-edition-{edition}.html")
            try:
                path.hardlink_to(temporary)
            except FileExistsError:
                if path.read_bytes() == content:
                    return path, False
            else:
                return path, True
    finally:
        temporary.unlink()
    raise AssertionError("editions have no end")


def _replace(content: bytes, path: Path) -> None:
    temporary = _written(content, path.parent)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise


def _written(content: bytes, folder: Path) -> Path:
    """Write a temporary file in `folder`, to the disk, readable like any other file."""
    descriptor, name = tempfile.mkstemp(prefix=".report-", suffix=".tmp", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path = Path(name)
    path.chmod(0o644)
    return path
