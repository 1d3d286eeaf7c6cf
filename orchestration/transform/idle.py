"""The end of a process that is to work and uses no processor time any more: it waits for what will never come.

Where memory is refused to one of dbt's threads, what the thread had to tell is lost, and dbt waits for it for ever.
"""

import os
import threading
import time

from orchestration.outside import OutsideError

IDLE = 75
"""The exit code of a process that was ended by this."""
_LONGEST = 120
_LEAST_USED = 0.01
"""Seconds of processor time within a second; looking on takes a hundredth of it."""


def end_when_idle(at_work: threading.Event, *, longest: int = _LONGEST) -> None:
    """End this process with the code IDLE once it used no processor time in so many seconds while it was at work.

    Seconds are counted by waking up, so that a computer that sleeps or has no time for it is not taken for idleness.
    """
    threading.Thread(target=_watch, args=(at_work, longest), daemon=True).start()


def idle_fault() -> OutsideError:
    """Return what to tell of a process that ended with the code IDLE."""
    return OutsideError(
        f"dbt did nothing for {_LONGEST} seconds, and was ended: it waits for a part of itself that is gone, most "
        "likely because memory was refused to it. Give the process more (`ulimit -v`), or DuckDB less "
        "(TIEOUT_MEMORY_LIMIT), and run again; what is published stays as it is."
    )


def _watch(at_work: threading.Event, longest: int) -> None:
    idle, used = 0, time.process_time()
    while idle < longest:
        at_work.wait()
        time.sleep(1)
        before, used = used, time.process_time()
        idle = idle + 1 if used - before < _LEAST_USED else 0
    os._exit(IDLE)
