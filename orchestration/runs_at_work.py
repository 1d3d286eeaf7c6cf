"""Runs at work: one at a time writes, and what a killed run left behind is told and cleared.

Locks of the operating system say which runs are at work, as they go with their process however it ends: a pool of
Dagster's keeps the slots of a killed run for ever. Below a folder:

    runs/<run_id>   locked as long as the run's process lives, be it started by the command line or by Dagster
        /writer     locked by the run that writes; holds its id and process
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import dagster as dg

from orchestration.errors import TieoutError
from orchestration.outside import outside_fault
from orchestration.settings import settings

_RUNS = "runs"
_WRITER = "writer"
_LOOKS_AFTER = 0.2
"""Seconds between two looks at a lock that another process holds."""

_living: dict[Path, IO[str]] = {}
"""The files that say that this process's runs live; they close with the process."""
_writing: dict[Path, str] = {}
"""The folders that this process writes below, and the run that does."""


class RunBusyError(TieoutError):
    """Another run was at work for as long as one waits."""


@contextmanager
def writing_step(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Iterator[None]:
    """Let a step write alone; see `writing_alone`. What it waits for and clears is in the run's log.

    Raises `OutsideError` for what the computer refuses the step.
    """
    try:
        with writing_alone(context.instance, settings().built, context.run.run_id, context.log.info):
            yield
    except TieoutError:
        raise
    except Exception as error:
        if refused := outside_fault(error):
            raise refused from error
        raise


@contextmanager
def writing_alone(
    instance: dg.DagsterInstance, folder: Path, run_id: str, tell: Callable[[str], object]
) -> Iterator[None]:
    """Be the only run that writes below a folder, after waiting for the one that does.

    Runs whose process is gone are marked failed and lose the slots that Dagster keeps for them; `tell` is told of both.
    Within a process that writes there already it does nothing. Raises `RunBusyError` when the waiting has an end.
    """
    if folder in _writing:
        yield
        return
    runs = folder / _RUNS
    runs.mkdir(parents=True, exist_ok=True)
    _live(runs / run_id)
    with (runs / _WRITER).open("a+", encoding="utf-8") as lock:
        _wait_for(lock, tell)
        _clear_dead_runs(instance, runs, tell)
        lock.truncate(0)
        lock.write(f"{run_id} of process {os.getpid()}, since {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}")
        lock.flush()
        _writing[folder] = run_id
        try:
            yield
        finally:
            del _writing[folder]
            lock.truncate(0)


def _live(file: Path) -> None:
    if file not in _living:
        opened = file.open("w", encoding="utf-8")
        _is_locked_now(opened)
        _living[file] = opened


def _is_locked_now(opened: IO[str]) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(lock: IO[str], tell: Callable[[str], object]) -> None:
    """Lock the writer's file. A signal that ends the process ends the waiting, too: it only ever sleeps."""
    minutes = settings().wait_minutes
    end, told = time.monotonic() + minutes * 60, ""
    while not _is_locked_now(lock):
        lock.seek(0)
        holder = lock.read() or "that has just begun"
        if time.monotonic() >= end:
            raise RunBusyError(
                f"Run {holder} is still at work after {minutes:g} minutes of waiting (TIEOUT_WAIT_MINUTES). "
                "Wait for its end or end it, and run again."
            )
        if holder != told:
            tell(f"Waiting for run {holder}.")
            told = holder
        time.sleep(_LOOKS_AFTER)


def _clear_dead_runs(instance: dg.DagsterInstance, runs: Path, tell: Callable[[str], object]) -> None:
    for file in runs.iterdir():
        if file.name == _WRITER or file in _living:
            continue
        with file.open(encoding="utf-8") as opened:
            if not _is_locked_now(opened):
                continue
            run = instance.get_run_by_id(file.name)
            if run is not None and not run.is_finished:
                instance.report_run_failed(run, "Its process is gone: it was killed, or the machine went down.")
                tell(f"Run {file.name} was killed before its end; what it had not finished is done again.")
            instance.event_log_storage.free_concurrency_slots_for_run(file.name)
            file.unlink()
