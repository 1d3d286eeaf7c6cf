"""What `--only` takes of a source: patterns of relations or files, given several times or with commas between them."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from orchestration.sources.errors import MissingSourceError

_Thing = TypeVar("_Thing")
_SHOWN = 20


def chosen(
    only: Sequence[str], things: Sequence[_Thing], names_of: Callable[[_Thing], Sequence[str]], what: str
) -> list[_Thing]:
    """Return the things of which some name fits some pattern, whatever its capitals; all of them without a pattern.

    Raises `MissingSourceError` for a pattern that nothing fits.
    """
    if not only:
        return list(things)
    taken: set[int] = set()
    for said in only:
        for pattern in [said] if _fitting(said, things, names_of) else said.split(","):
            found = _fitting(pattern.strip(), things, names_of)
            if not found:
                there = ", ".join(names_of(thing)[0] for thing in things[:_SHOWN])
                more = f" and {len(things) - _SHOWN:,} more" if len(things) > _SHOWN else ""
                raise MissingSourceError(f"No {what} is named {pattern.strip()!r}. There is: {there or 'none'}{more}.")
            taken |= found
    return [thing for place, thing in enumerate(things) if place in taken]


def _fitting(pattern: str, things: Sequence[_Thing], names_of: Callable[[_Thing], Sequence[str]]) -> set[int]:
    wanted = pattern.casefold()
    return {
        place
        for place, thing in enumerate(things)
        if any(fnmatchcase(name.casefold(), wanted) for name in names_of(thing))
    }
