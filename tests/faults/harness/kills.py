"""`kill -9` at random moments of every step: of the whole process group, of the started process alone, of dbt alone."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.faults.harness.site import Running, Site
from tests.faults.harness.trials import Disturbance, Disturbed, Step, Truth

_CLEARED = "was killed before its end"
_EARLY = {
    "start": "it starts",
    "land books": "it lands the books",
    "land shop": "it lands the shop",
    "dbt build": "dbt builds",
}
"""Steps before whose end little of a run's work is done: they are killed more often than the late ones."""
_LATE = {
    "great expectations": "the expectations are checked",
    "published mart": "the mart is published",
    "reports monthly": "the report is made",
}
_STEPS = _EARLY | _LATE
_ALL, _FIRST, _DBT = "of all its processes", "of its first process alone", "of dbt alone"
_KINDS = [
    *((_ALL, step) for step in _STEPS),
    *((_ALL, step) for step in _EARLY),
    *((_ALL, step) for step in _EARLY),
    *((_FIRST, step) for step in _STEPS),
    *((_DBT, "dbt build") for _ in range(3)),
]
_LAST_STEP = ("✓ reports monthly", "· reports monthly")
"""A run that says this may be killed after its end has been noted: the next one may have nothing to clear."""
_STRIDE = 7
"""Through the kinds of kills; it has no divisor in common with their number."""
_TRIES = 5
"""How often a moment is chosen anew when the run had ended before it."""


def kills(number: int, in_a_chain: int) -> list[list[Disturbance]]:
    """Return that many kills in chains of so many, spread over whom, steps, and first or later run.

    The run after a kill is killed, too, and only the last one of a chain is followed by a run that ends.
    """
    chains: list[list[Disturbance]] = []
    for first in range(0, number, in_a_chain):
        start = "changed" if len(chains) % 2 else "first"
        # Neighbours in the list differ in the step, so that a short list has all of them, too.
        places = range(first, min(number, first + in_a_chain))
        chains.append([_kill(*_KINDS[n * _STRIDE % len(_KINDS)], start) for n in places])
    return chains


def _kill(whom: str, step: str, start: str) -> Disturbance:
    def disturb(site: Site, random: Random, truth: Truth) -> Disturbed:
        is_first = start == "first"
        steps = truth.first_steps if is_first else truth.changed_steps
        moment = next(each for each in steps if each.name == step)
        return _killed(site, random, whom, moment, None if is_first else "published")

    return Disturbance(f"kill -9 {whom} while {_STEPS[step]}", disturb, start)


def _killed(site: Site, random: Random, whom: str, step: Step, start: str | None) -> Disturbed:
    for _ in range(_TRIES):
        running = site.start("run")
        if step.name != "start":
            running.until(f"→ {step.name}")
        time.sleep(random.uniform(0, step.lasts))
        if whom == _DBT:
            if _kill_dbt(running):
                return Disturbed([running.wait()])
        elif running.process.poll() is None:
            running.kill_parent() if whom == _FIRST else running.kill()
            said = running.said()
            has_work_left = "→" in said and not any(sign in said for sign in _LAST_STEP)
            return Disturbed(cleared=_CLEARED if has_work_left else "")
        running.wait()
        site.restore(start)
    return Disturbed(faults=[f"no moment of {step.name} was hit in {_TRIES} runs"])


def _kill_dbt(running: Running) -> bool:
    """Kill the processes that the run has started; return whether there was one."""
    hit = False
    for child in running.children():
        with suppress(OSError):
            if b"dbt" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
                hit = True
    return hit
