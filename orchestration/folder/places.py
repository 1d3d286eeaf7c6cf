"""Where something is said in a file, and what a wrong name may have been meant to be."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path


def line_of(file: Path, pattern: str) -> int | None:
    """Return the line of a file that a pattern is found on first."""
    text = file.read_text(encoding="utf-8")
    found = re.search(pattern, text, re.DOTALL)
    return text[: found.start()].count("\n") + 1 if found else None


def near(name: str, there: Sequence[str] | Mapping[str, object]) -> str:
    """Return what a name may have been meant to be, or what there is, as the end of a message."""
    import difflib  # noqa: PLC0415 - only where something is wrong

    near = difflib.get_close_matches(name, list(there), n=3)
    most = 12
    listed = ", ".join(list(there)[:most]) + (" …" if len(there) > most else "")
    return f"; did you mean {' or '.join(near)}?" if near else f"; there are: {listed or 'none'}"
