"""Which code built a publication."""

import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = "tieout"
_GIT_SECONDS = 20


def code_version(root: Path) -> str:
    """Return the package's version, with the git commit where `root` is a repository: `0.1.0+1a2b3c4d5e6f`.

    `.dirty` is appended when any file that git does not ignore differs from the commit. Never fails: without git,
    without a repository or before the first commit it is the bare version.
    """
    try:
        release = version(_PACKAGE)
    except PackageNotFoundError:
        release = "0"
    commit = _commit(root)
    return f"{release}+{commit}" if commit else release


def _commit(root: Path) -> str | None:
    if not (
        root / ".git"
    ).exists():  # a folder installed inside somebody else's repository is not that repository's code
        return None
    try:
        status = subprocess.run(  # noqa: S603  (a fixed command on our own folder)
            ["git", "-C", str(root), "status", "--porcelain=v2", "--branch"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
            timeout=_GIT_SECONDS,
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    oid = next((line.removeprefix("# branch.oid ") for line in status if line.startswith("# branch.oid ")), "(initial)")
    if oid == "(initial)":
        return None
    is_dirty = any(not line.startswith("#") for line in status)
    return oid[:12] + (".dirty" if is_dirty else "")
