"""Which code built a publication: the package's version and the commit."""

import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from orchestration.warehouse.code_version import code_version


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def committed(folder: Path) -> str:
    git(folder, "init", "--quiet")
    (folder / "model.sql").write_text("select 1")
    (folder / ".gitignore").write_text("data/\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return git(folder, "rev-parse", "HEAD")[:12]


def release() -> str:
    try:
        return version("tieout")
    except PackageNotFoundError:
        return "0"


def test_a_clean_repository_gives_its_commit(tmp_path: Path):
    commit = committed(tmp_path)
    assert code_version(tmp_path) == f"{release()}+{commit}"


def test_a_changed_or_a_new_file_makes_it_dirty_and_an_ignored_one_does_not(tmp_path: Path):
    commit = committed(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mart.duckdb").write_text("x")
    assert code_version(tmp_path) == f"{release()}+{commit}"
    (tmp_path / "new.sql").write_text("select 2")
    assert code_version(tmp_path) == f"{release()}+{commit}.dirty"
    (tmp_path / "new.sql").unlink()
    (tmp_path / "model.sql").write_text("select 3")
    assert code_version(tmp_path) == f"{release()}+{commit}.dirty"


def test_without_a_repository_of_its_own_it_is_the_release(tmp_path: Path):
    assert code_version(tmp_path) == release()
    committed(tmp_path)
    inner = tmp_path / "installed"
    inner.mkdir()
    assert code_version(inner) == release()


def test_before_the_first_commit_it_is_the_release(tmp_path: Path):
    git(tmp_path, "init", "--quiet")
    assert code_version(tmp_path) == release()
