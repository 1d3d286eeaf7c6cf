"""What a process's own history lets one expect of its next value: XmR limits, and the signals against them.

Formulas after Wheeler, *Understanding Variation*: limits are the mean plus or minus 2.66 mean moving ranges; a moving
range above 3.5 mean moving ranges is left out once (Nelson 1982). A series that repeats by season is judged by its
changes against the same place of the season before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

RANGE_FACTOR = Decimal("2.66")
OUTLYING_RANGE_FACTOR = Decimal("3.5")
LEAST_HISTORY = 24
"""Values that a series must have before limits are drawn."""
RUN_LENGTH = 8
NEAR_A_LIMIT = 3
OF_THE_LAST = 4


@dataclass(frozen=True)
class Limits:
    """The natural limits of a process, in its own unit."""

    lower: Decimal
    centre: Decimal
    upper: Decimal


class Signal(StrEnum):
    """What the newest value says about the process; `ROUTINE` says that it has not changed."""

    ROUTINE = "routine"
    ABOVE = "above"
    BELOW = "below"
    NEAR_UPPER = "near the upper limit"
    NEAR_LOWER = "near the lower limit"
    RUN_ABOVE = "run above the centre"
    RUN_BELOW = "run below the centre"


@dataclass(frozen=True)
class Expectation:
    """For each value of a series what was to be expected (None where nothing can be said), and the newest's signal."""

    limits: tuple[Limits | None, ...]
    signal: Signal


def natural_limits(values: Sequence[Decimal]) -> Limits:
    """Return the XmR limits of at least two values; ValueError for fewer."""
    if len(values) < 2:  # noqa: PLR2004 - a moving range needs two
        raise ValueError("limits need at least two values")
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    mean_range = _mean(ranges)
    usual = [moved for moved in ranges if moved <= OUTLYING_RANGE_FACTOR * mean_range]
    centre, reach = _mean(values), RANGE_FACTOR * _mean(usual)
    return Limits(centre - reach, centre, centre + reach)


def expectation(series: Sequence[Decimal | None], *, season: int = 0) -> Expectation | None:
    """Judge the newest value of `series` (oldest first, None where there is no comparable value) by those before it.

    `season` is the number of values after which the series repeats (12 closings), or 0 for none. The limits come from
    all values but the newest. Returns None without the newest value, with a history under 24 values, or with one that
    does not vary.
    """
    if not series or series[-1] is None or sum(value is not None for value in series) < LEAST_HISTORY:
        return None
    bases = [None] * season + list(series[:-season]) if season else [Decimal(0)] * len(series)
    changes = [
        None if value is None or base is None else value - base for value, base in zip(series, bases, strict=True)
    ]
    known = [change for change in changes if change is not None]
    if changes[-1] is None or len(known) < LEAST_HISTORY // 2:
        return None
    limits = natural_limits(known[:-1])
    if limits.lower == limits.upper:
        return None
    return Expectation(
        limits=tuple(None if base is None else _shifted(limits, base) for base in bases),
        signal=newest_signal(known, limits),
    )


def newest_signal(values: Sequence[Decimal], limits: Limits) -> Signal:
    """Return what the newest value says: outside a limit, 3 of 4 nearer a limit than the centre, or 8 on a side."""
    newest = values[-1]
    if newest > limits.upper:
        return Signal.ABOVE
    if newest < limits.lower:
        return Signal.BELOW
    for side, near, run in ((1, Signal.NEAR_UPPER, Signal.RUN_ABOVE), (-1, Signal.NEAR_LOWER, Signal.RUN_BELOW)):
        distances = [side * (value - limits.centre) for value in values]
        halfway = (limits.upper - limits.centre) / 2
        recent = distances[-OF_THE_LAST:]
        if recent[-1] > halfway and sum(distance > halfway for distance in recent) >= NEAR_A_LIMIT:
            return near
        if len(distances) >= RUN_LENGTH and all(distance > 0 for distance in distances[-RUN_LENGTH:]):
            return run
    return Signal.ROUTINE


def _shifted(limits: Limits, base: Decimal) -> Limits:
    return Limits(limits.lower + base, limits.centre + base, limits.upper + base)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
