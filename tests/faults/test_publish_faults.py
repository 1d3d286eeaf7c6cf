"""Publishing when something goes wrong: the published mart stays whole, and the message says what to do."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse.connect import open_mart, open_warehouse
from orchestration.warehouse.errors import (
    MartLocked,
    MartMissing,
    NotADatabase,
    PublicationBlocked,
    PublicationBusy,
    PublicationFailed,
    WarehouseError,
    WarehouseLocked,
    WarehouseMissing,
)
from orchestration.warehouse.publish import publish

PUBLISH = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from orchestration.warehouse import publish as publishing
from orchestration.warehouse.checks import CheckRow

def run(*checks):
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return publishing.publish(Path(sys.argv[1]), Path(sys.argv[2]), checks, [], "0.1.0", now)
"""
KILL = "import os, signal; kill = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


class Place:
    """A warehouse whose every published row says which version it is, and where it is published."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = folder / "warehouse.duckdb"
        self.published = folder / "published" / "mart.duckdb"

    def build(self, version: int, rows: int = 20_000) -> None:
        with open_warehouse(self.warehouse) as connection:
            for table in ("kpi.kpi_value", "finance.statement_line", "operations.stock"):
                connection.execute(f"create schema if not exists {table.partition('.')[0]}")
                connection.execute(
                    f"create or replace table {table} as "
                    f"select {version} as version, hash(range) as id from range({rows})"
                )

    def publish(self, program: str = "run()") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self.command(program), capture_output=True, text=True, check=False)

    def command(self, program: str) -> list[str]:
        return [sys.executable, "-c", PUBLISH + program, str(self.warehouse), str(self.published)]

    def versions(self) -> set[int]:
        with open_mart(self.published) as mart:
            return {
                version
                for table in ("kpi.kpi_value", "finance.statement_line", "operations.stock")
                for (version,) in mart.execute(f"select distinct version from {table}").fetchall()
            }

    def files(self) -> list[str]:
        return sorted(file.name for file in self.published.parent.iterdir())

    def content(self) -> str:
        return hashlib.sha256(self.published.read_bytes()).hexdigest()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Give a place with version 1 published and version 2 in the warehouse."""
    place = Place(tmp_path)
    place.build(1)
    publish(place.warehouse, place.published, [], [], "0.1.0", datetime(2026, 11, 20, tzinfo=UTC))
    place.build(2)
    return place


@contextmanager
def held(database: Path) -> Iterator[int]:
    """Another process has the file open for writing; gives its process id."""
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.communicate("")


@pytest.mark.parametrize(
    "step",
    [
        "publishing._comment = kill",
        "publishing.write_evidence = kill",
        "publishing._flush = kill",
        "publishing.os.replace = kill",
    ],
)
def test_a_publication_killed_before_the_rename_leaves_the_old_mart_and_the_next_one_cleans_up(place, step):
    before = place.content()
    killed = place.publish(f"{KILL}{step}\nrun()")
    assert killed.returncode == -signal.SIGKILL
    assert place.content() == before
    assert place.versions() == {1}
    assert len(place.files()) > 1, "the kill came before anything was written, and shows nothing"

    assert place.publish().returncode == 0
    assert place.versions() == {2}
    assert place.files() == [place.published.name]


def test_a_publication_killed_after_the_rename_is_published(place):
    step = "rename = publishing.os.replace\npublishing.os.replace = lambda *a: (rename(*a), kill())"
    assert place.publish(f"{KILL}{step}\nrun()").returncode == -signal.SIGKILL
    assert place.versions() == {2}
    assert "False" in place.publish("print(run().is_new)").stdout


def test_a_publication_killed_from_outside_leaves_one_whole_mart(place):
    place.build(2, rows=2_000_000)
    with subprocess.Popen(place.command("run()")) as process:
        while process.poll() is None and len(place.files()) == 1:
            pass  # the new file is not there yet; a sleep could miss the moment it is half written
        process.send_signal(signal.SIGKILL)
    assert place.versions() in ({1}, {2})
    assert place.publish().returncode == 0
    assert place.versions() == {2}
    assert place.files() == [place.published.name]


def test_a_full_disk_leaves_the_old_mart_and_no_temporary_file(place):
    place.build(2, rows=500_000)
    before = place.content()
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
    failed = place.publish(f"{limit}run()")
    assert PublicationFailed.__name__ in failed.stderr
    assert "is the disk full?" in failed.stderr
    assert place.content() == before
    assert place.files() == [place.published.name]


def test_a_blocked_publication_leaves_the_old_mart_and_names_check_table_and_rows(place):
    before = place.content()
    blocking = """
run(CheckRow(check_id="balance_sheet_balances", engine="great_expectations", table_name="finance.statement_line",
             severity="error", status="fail", failing_rows=2,
             sample_rows=[{"entity_id": "AW-04"}, {"entity_id": "AW-07"}]))
"""
    refused = place.publish(blocking)
    assert refused.returncode == 1
    message = refused.stderr.partition(PublicationBlocked.__name__)[2]
    for part in ("balance_sheet_balances", "finance.statement_line", "2 failing rows", "entity_id = AW-07"):
        assert part in message
    assert place.content() == before
    assert place.files() == [place.published.name]


def one_line(fault: BaseException) -> str:
    text = str(fault)
    assert "\n" not in text
    assert "IO Error" not in text
    return text


@pytest.mark.parametrize("read_only", [True, False])
def test_a_locked_warehouse_gives_one_line_that_says_who_and_what_to_do(place, read_only):
    with held(place.warehouse) as pid, pytest.raises(WarehouseLocked) as fault:
        open_warehouse(place.warehouse, read_only=read_only)
    text = one_line(fault.value)
    assert f"process {pid}" in text
    assert "run again" in text


def test_publishing_from_a_locked_warehouse_says_so_and_leaves_the_old_mart(place):
    before = place.content()
    with held(place.warehouse) as pid:
        failed = place.publish()
    assert WarehouseLocked.__name__ in failed.stderr
    assert f"process {pid}" in failed.stderr
    assert place.content() == before


def test_a_warehouse_that_this_process_has_open_itself_is_locked_too(place):
    with open_warehouse(place.warehouse), pytest.raises(WarehouseLocked, match="this same process"):
        open_warehouse(place.warehouse, read_only=True)


def test_a_mart_that_a_reader_opened_for_writing_names_the_reader(place):
    place.published.chmod(0o644)
    with held(place.published) as pid:
        failed = place.publish()
        with pytest.raises(MartLocked) as fault:
            open_mart(place.published)
    assert MartLocked.__name__ in failed.stderr
    assert f"process {pid}" in one_line(fault.value)
    assert "read-only" in one_line(fault.value)


def test_without_a_warehouse_or_a_mart_the_command_that_makes_them_is_named(tmp_path):
    with pytest.raises(WarehouseMissing, match="tieout run"):
        open_warehouse(tmp_path / "warehouse.duckdb", read_only=True)
    with pytest.raises(MartMissing, match="tieout run"):
        open_mart(tmp_path / "mart.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("open_it", [open_warehouse, open_mart])
def test_a_file_that_is_no_database_is_named_and_not_touched(tmp_path, open_it):
    file = tmp_path / "something.duckdb"
    file.write_text("not a database\n" * 1000)
    with pytest.raises(NotADatabase) as fault:
        open_it(file)
    assert str(file) in str(fault.value)
    assert file.read_text() == "not a database\n" * 1000


def test_somebody_elses_database_at_the_marts_place_is_not_overwritten(place):
    place.published.unlink()
    with duckdb.connect(place.published) as connection:
        connection.execute("create table precious as select 1 as id")
    before = place.content()
    failed = place.publish()
    assert NotADatabase.__name__ in failed.stderr
    assert "move it away" in failed.stderr
    assert place.content() == before


def test_a_second_publisher_is_told_to_wait(place):
    hold = (
        "publishing.write_evidence = lambda *a, **k: (print('busy', flush=True), sys.stdin.read(), sys.exit(0))\nrun()"
    )
    with subprocess.Popen(place.command(hold), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == "busy\n"
        second = place.publish()
        assert place.versions() == {1}
        first.communicate("")
    assert PublicationBusy.__name__ in second.stderr
    assert issubclass(PublicationBusy, WarehouseError)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write a read-only file")
def test_a_tool_that_opens_the_mart_for_writing_is_refused(place):
    with pytest.raises(duckdb.Error):
        duckdb.connect(place.published)
