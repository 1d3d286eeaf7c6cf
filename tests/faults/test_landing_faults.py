"""A landing that is killed, disturbed or led astray leaves the lake as it was, and the next one succeeds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import MissingSourceError, UnsettledSourceError
from orchestration.sources.folders import file_batches
from orchestration.sources.formats.source_file import Reader
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from tests.companies import PROJECT

KILLED_AT = ["scan_file", "read", "add", "rename", "commit"]

KILLER = """
import os, signal, sys
from pathlib import Path
from orchestration.sources import landing
from orchestration.sources.lake.raw_lake import RawLake
sys.path.insert(0, {tests!r})
from test_landing_faults import declared, die_instead
die_instead({point!r})
system = declared("*.csv")
landing.land_table(system, system.tables[0], RawLake(Path({folder!r}) / "lake"), Path({folder!r}))
"""


def die_instead(point: str) -> None:
    """Make this process kill itself, as a power cut would, where landing comes to the point."""

    def die(*_args: object, **_more: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if point == "scan_file":
        file_batches.scan_file = die  # type: ignore[assignment]
    elif point == "read":
        from orchestration.sources.formats import csv_files

        csv_files.write_sound_rows = die  # type: ignore[assignment]
    elif point == "rename":
        Path.rename = die  # type: ignore[assignment,method-assign]
    else:
        setattr(RawLake, point, die)


def declared(files: str) -> SourceSystem:
    table = {"name": "t", "description": "x", "files": files, "format": "csv", "columns": {"a": "VARCHAR"}}
    said = {"name": "s", "description": "x", "owners": ["team:a"], "group": "g", "root": "files", "tables": [table]}
    return SourceSystem.model_validate(said)


def now(lake: RawLake) -> list[str]:
    files = [str(lake.data_file(batch)) for batch in lake.current("s", "t")]
    return [a for (a,) in duckdb.execute(f"SELECT a FROM read_parquet({files}) ORDER BY 1").fetchall()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "1.csv").write_text("a\nx\n")
    return tmp_path


def land(folder: Path, files: str = "*.csv") -> RawLake:
    system, lake = declared(files), RawLake(folder / "lake")
    land_table(system, system.tables[0], lake, folder)
    return lake


@pytest.mark.parametrize("point", KILLED_AT)
def test_a_killed_load_leaves_the_lake_as_it_was_and_the_next_one_succeeds(folder: Path, point: str) -> None:
    lake = land(folder)
    (folder / "files" / "1.csv").write_text("a\ny\n")
    code = KILLER.format(tests=str(Path(__file__).parent), point=point, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert now(lake) == ["x"]
    land(folder)
    assert now(lake) == ["y"]
    assert len(lake.batches("s", "t")) == 2
    assert not list(lake.folder("s", "t").glob(".loading*"))


def test_two_loads_at_once_make_one_batch(folder: Path) -> None:
    (folder / "files" / "1.csv").write_text("a\n" + "x\n" * 200_000)
    code = KILLER.format(tests=str(Path(__file__).parent), point="nothing", folder=str(folder))
    command = [sys.executable, "-c", code]
    both = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[1] for process in both] == [b"", b""]
    assert [process.returncode for process in both] == [0, 0]
    assert len(RawLake(folder / "lake").batches("s", "t")) == 1


def test_a_file_that_grows_while_it_is_read_is_not_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = land(folder)
    file = folder / "files" / "1.csv"
    file.write_text("a\ny\n")
    read: Reader = file_batches.READERS["csv"]

    def while_it_grows(*given: object) -> object:
        with file.open("a") as handle:
            handle.write("z\n")
        return read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(file_batches, "READERS", {"csv": while_it_grows})
    with pytest.raises(UnsettledSourceError, match=r"1\.csv: the file changed while it was read"):
        land(folder)
    assert now(lake) == ["x"]
    monkeypatch.undo()
    land(folder)
    assert now(lake) == ["y", "z"]


def test_a_missing_file_is_named_with_what_is_there_and_the_last_data_stays(folder: Path) -> None:
    lake = land(folder, "1.csv")
    (folder / "files" / "1.csv").rename(folder / "files" / "1.CSV")
    with pytest.raises(MissingSourceError, match=r"no file 1\.csv in .*\(there is 1\.CSV\)"):
        land(folder, "1.csv")
    assert now(lake) == ["x"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSourceError, match=f"there is no folder {tmp_path / 'files'}"):
        land(tmp_path)


def test_hidden_files_are_not_taken(folder: Path) -> None:
    (folder / "files" / ".2.csv").write_text("a\nhalf")
    assert now(land(folder)) == ["x"]
