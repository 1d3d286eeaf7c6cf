"""The base class of everything that is said to a person, and how faults of YAML files are put into words.

A leaf: it imports nothing of the project, and every room may import it, the expectations' engine too.
"""

from collections.abc import Mapping
from typing import Any

_WORDS = {"extra_forbidden": "there is no such key; correct its name or remove it", "missing": "must be given"}


class TieoutError(Exception):
    """Something that a person can mend. Its text says what is wrong, where, and what to do; the edges show it as it is.

    The edges are the command line and Dagster's assets. Any other exception that reaches them is a defect.
    """


def yaml_fault(error: Exception) -> str:
    """Return what YAML's parser, or reading its text, complains of: the place and the reason, on one line."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is None or problem is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"


def field_fault(fault: Mapping[str, Any]) -> str:
    """Return what one of pydantic's faults (`ValidationError.errors()`) complains of, for somebody who wrote YAML."""
    return _WORDS.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
