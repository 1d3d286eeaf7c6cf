"""Timing a task in a fresh interpreter: its seconds, CPU seconds and peak memory.

Belongs here: starting and measuring. What is measured belongs in the module of its part.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_MEGABYTE = 1_000_000
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Task:
    """One thing to be timed: `name` is how its module calls it, `shown` what is printed of it.

    `rival` is the task that its ratio is taken to; None where there is none.
    """

    name: str
    shown: str
    rival: str | None = None


@dataclass(frozen=True)
class Measured:
    """One run of a task. Seconds and CPU seconds (user and system, all threads) are without starting Python."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    """Largest resident memory of the whole process."""


@dataclass(frozen=True)
class Line:
    """A task's line in the result: medians of its rounds, the peak of all of them, and the ratio to its rival."""

    task: Task
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    ratio: float | None
    cpu_ratio: float | None


def measure(module: str, tasks: Sequence[Task], folder: Path, rounds: int) -> list[Line]:
    """Run the tasks in turn, one warm-up and then `rounds` times, each in its own process.

    Returns one line per task, in their order.
    """
    runs: dict[str, list[Measured]] = {task.name: [] for task in tasks}
    for number in range(rounds + 1):
        for task in tasks:
            found = _in_a_fresh_interpreter(module, task.name, folder)
            if number:
                runs[task.name].append(found)
    lines: dict[str, Line] = {}
    for task in tasks:
        done = runs[task.name]
        seconds, cpu_seconds = median(run.seconds for run in done), median(run.cpu_seconds for run in done)
        rival = lines.get(task.rival or "")
        lines[task.name] = Line(
            task=task,
            rows=done[0].rows,
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            peak_mb=max(run.peak_mb for run in done),
            ratio=seconds / rival.seconds if rival else None,
            cpu_ratio=cpu_seconds / rival.cpu_seconds if rival else None,
        )
    return list(lines.values())


def run_task(tasks: Mapping[str, Callable[[Path], Callable[[], int]]]) -> None:
    """Do the task that the command line names and print what it took; the main function of a part's module.

    A task takes the folder, gets ready, and returns the function that is timed, which returns how many rows it wrote.
    """
    name, folder = sys.argv[1:]
    timed = tasks[name](Path(folder))
    cpu, started = time.process_time(), time.perf_counter()
    rows = timed()
    sys.stdout.write(
        json.dumps({"rows": rows, "seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu})
    )


def _in_a_fresh_interpreter(module: str, name: str, folder: Path) -> Measured:
    output = folder / "measured.json"
    with output.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", module, name, str(folder)], stdout=out, cwd=_PROJECT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"The benchmark {name!r} failed; its message is above.")
    return Measured(**json.loads(output.read_text()), peak_mb=usage.ru_maxrss * 1024 / _MEGABYTE)
