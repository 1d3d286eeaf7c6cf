"""The program of the process that dbt works in: it parses the project, and builds when it is told to.

Importing dbt and reading its project takes as long as building a small company, so it is done once, beside other work.
Run as `python -m orchestration.transform.dbt_child PARSED [dbt's options of parsing]`: PARSED is the line that it says
when dbt has parsed. Then one line of its input, dbt's arguments as JSON, is the command to run with the parsed project.
It ends with dbt's exit code, and at once when its input ends: whoever started it is gone, or has no use for it. When
dbt hangs it ends with the code `idle.IDLE`.
"""

import contextlib
import json
import os
import queue
import sys
import threading

import typer
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration.transform.idle import end_when_idle


def work(has_parsed: str, parsing_options: list[str]) -> int:
    """Parse, then run the command that comes; return the exit code."""
    commands: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_input, args=(commands,), daemon=True).start()
    at_work = threading.Event()
    end_when_idle(at_work)
    at_work.set()
    parsed = _told(dbtRunner().invoke([*parsing_options, "parse"]))
    if not isinstance(parsed.result, Manifest):
        return 1
    at_work.clear()
    typer.echo(has_parsed)
    arguments = json.loads(commands.get())
    at_work.set()
    return 0 if _told(dbtRunner(manifest=parsed.result).invoke(arguments)).success else 1


def _told(outcome: dbtRunnerResult) -> dbtRunnerResult:
    """Say what dbt has not said itself: what was raised before it could."""
    if outcome.exception is not None:
        typer.echo(outcome.exception)
    return outcome


def _read_input(commands: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        commands.put(line)
    os._exit(1)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(work(sys.argv[1], sys.argv[2:]))
    sys.exit(1)
