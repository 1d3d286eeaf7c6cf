"""Putting a rendered report into the archive folder: exactly once for each publication and closing, and never half."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestration.reports.document import MonthlyReport
from orchestration.reports.errors import ArchiveConflictError, ReportError

LATEST = "latest.html"


@dataclass(frozen=True)
class Delivery:
    """Where a report lies. `is_new` is false when exactly this report was there already."""

    path: Path
    is_new: bool


def deliver_to_folder(html: str, report: MonthlyReport, folder: Path) -> Delivery:
    """Write `html` to `<folder>/<closing>/tieout-<closing>-<publication>.html` and to `<folder>/latest.html`.

    The same report again changes nothing. Raises ArchiveConflictError when another text lies there under the same
    publication: what was delivered is never replaced. Raises ReportError when the folder cannot be written.
    """
    closing_id, publication_id = report.period.current.closing_id, report.quality.stamp.publication_id
    path = folder / closing_id / f"tieout-{closing_id}-{publication_id}.html"
    content = html.encode()
    try:
        is_new = _place(content, path)
        latest = folder / LATEST
        if not latest.is_file() or latest.read_bytes() != content:
            _replace(content, latest)
    except OSError as error:
        raise ReportError(
            f"The report cannot be written to {path}: {error.strerror}. Check the folder and its space."
        ) from error
    return Delivery(path, is_new)


def _place(content: bytes, path: Path) -> bool:
    """Write `path` unless it is there with this content. A link, unlike a rename, fails when another was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(content, path.parent)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        if path.read_bytes() == content:
            return False
        raise ArchiveConflictError(
            f"{path} is already in the archive with another content, and a delivered report is never replaced. "
            "Publish the mart again to get a report of its own, or move the archived file away."
        ) from None
    finally:
        temporary.unlink()
    return True


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
