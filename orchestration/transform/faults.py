"""What dbt says of a fault, without what surrounds it: times, notes, and the trace of its own code."""

import re

_BEFORE = re.compile(r"Errors parsed from dbt logs:|Encountered an error:")
_TIME = re.compile(r"^\d\d:\d\d:\d\d +")
_TRACE = re.compile(r'^\s*(Traceback \(most recent call last\)|File ".*", line \d+)')


def dbt_fault(said: str) -> str:
    """Return the fault that dbt's output tells of; all of the output where it does not say what the fault is."""
    lines = [_TIME.sub("", line).rstrip() for line in _BEFORE.split(said)[-1].splitlines()]
    lines = [line for line in lines if line.strip()]
    trace = next((place for place, line in enumerate(lines) if _TRACE.match(line)), None)
    if trace is not None:
        lines = lines[:trace] or lines[-1:]  # the last line of a trace is what was raised
    return "\n".join(dict.fromkeys(lines)) or "it does not say why; see dbt.log in its target folder"


def indented(text: str) -> str:
    """Return a text as the lines below a message."""
    return "\n".join(f"  {line}" for line in text.splitlines())
