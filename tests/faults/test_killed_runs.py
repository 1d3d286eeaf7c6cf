"""Runs that are killed, told to stop, or meet another one.

What holds: the run after a killed one succeeds; a run that has to wait says for whom, waits no longer than it may, and
stops when it is told to.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.runs_at_work import RunBusyError, writing_alone
from orchestration.settings import PRODUCT, settings
from tests.companies import forget_settings

COMPANY = PRODUCT / "tests" / "data" / "releases" / "v0.1.0" / "company"
HOLDER = """
import sys, time
from pathlib import Path
import dagster as dg
from orchestration.runs_at_work import writing_alone
with dg.DagsterInstance.ephemeral() as instance, writing_alone(instance, Path(sys.argv[1]), sys.argv[2], print):
    print("at work", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start processes that are at work below tmp_path."""
    started: list[subprocess.Popen[str]] = []

    def start(run_id: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path), run_id],
            cwd=PRODUCT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_run_waits_for_the_one_at_work_says_so_and_goes_on_when_it_has_ended(
    tmp_path: Path, at_work: Callable[[str], subprocess.Popen[str]]
) -> None:
    holder = at_work("first")
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        holder.kill()

    with dg.DagsterInstance.ephemeral() as instance, writing_alone(instance, tmp_path, "second", tell):
        assert [text.split(", since")[0] for text in told] == [f"Waiting for run first of process {holder.pid}"]


def test_waiting_has_an_end(
    tmp_path: Path, at_work: Callable[[str], subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = at_work("first")
    monkeypatch.setenv("TIEOUT_WAIT_MINUTES", "0.01")
    forget_settings()
    assert settings().wait_minutes == 0.01
    with (
        dg.DagsterInstance.ephemeral() as instance,
        pytest.raises(RunBusyError, match=rf"Run first of process {holder.pid}, since .*TIEOUT_WAIT_MINUTES"),
        writing_alone(instance, tmp_path, "second", str),
    ):
        raise AssertionError("it did not wait")


def test_a_run_whose_process_is_gone_is_marked_failed_and_loses_its_slots(
    tmp_path: Path, at_work: Callable[[str], subprocess.Popen[str]]
) -> None:
    @dg.job
    def refresh() -> None: ...

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        dead, done = (instance.create_run_for_job(refresh, status=status) for status in _STARTED_AND_DONE)
        slots = instance.event_log_storage
        slots.set_concurrency_slots("warehouse", 1)
        assert slots.claim_concurrency_slot("warehouse", dead.run_id, "dbt_build").is_claimed
        holder = at_work(dead.run_id)
        holder.kill()
        holder.wait()
        (tmp_path / "runs" / done.run_id).touch()  # as a process leaves it that ends well
        told: list[str] = []
        with writing_alone(instance, tmp_path, str(uuid.uuid4()), told.append):
            assert told == [f"Run {dead.run_id} was killed before its end; what it had not finished is done again."]
            assert slots.claim_concurrency_slot("warehouse", "next", "dbt_build").is_claimed
        found = instance.get_run_by_id(dead.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.FAILURE


_STARTED_AND_DONE = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A small company's folder."""
    return Path(shutil.copytree(COMPANY, tmp_path / "company"))


def test_after_a_run_that_was_killed_while_dbt_built_the_next_one_publishes(company: Path) -> None:
    killed = _run(company)
    _read_until(killed, "→ dbt build")
    time.sleep(1)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    told, _ = (following := _run(company)).communicate(timeout=300)
    assert following.returncode == 0, told
    assert "was killed before its end" in told
    assert (company / "data" / "published" / "mart.duckdb").exists()


def test_a_run_that_is_told_to_end_while_dbt_builds_ends_with_dbt_and_says_so(company: Path) -> None:
    stopped = _run(company)
    _read_until(stopped, "→ dbt build")
    stopped.terminate()
    told, _ = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert told.endswith("tieout: interrupted; what is published stays, and the next run does the rest.\n")
    assert _ends(stopped.pid)


def test_dbt_ends_with_the_run_that_started_it_though_that_alone_is_killed(company: Path) -> None:
    killed = _run(company)
    _read_until(killed, "→ dbt build")
    time.sleep(1)
    killed.kill()
    killed.communicate()
    assert _ends(killed.pid)


def _ends(group: int) -> bool:
    """Return whether a process group is gone within ten seconds: some of it looks every second whether it is wanted."""
    for _ in range(100):
        if not _is_there(group):
            return True
        time.sleep(0.1)
    return False


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _run(company: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "run"],
        env=environment | {"PYTHONPATH": str(PRODUCT)},
        cwd=company,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"{text} never came")
