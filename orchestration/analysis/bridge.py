"""From one number to another in steps that add up exactly, also as printed.

Belongs here: ordering, capping and rounding the steps of a waterfall. What the steps are is for the caller to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.analysis.rounding import largest_remainder, round_half_up

MOST_STEPS = 7


@dataclass(frozen=True)
class Step:
    """One cause and its signed effect on the total, in the total's unit."""

    name: str
    effect: Decimal


@dataclass(frozen=True)
class Bar:
    """One step of a bridge: the exact effect, the effect as printed, and how many steps it stands for."""

    name: str
    effect: Decimal
    printed: Decimal
    step_count: int = 1


@dataclass(frozen=True)
class Bridge:
    """`start` plus the bars' effects is `end`; `printed_start` plus the bars' printed effects is `printed_end`.

    `unexplained` is what the steps given leave open; when it is not zero it has a bar of its own.
    """

    start: Decimal
    end: Decimal
    printed_start: Decimal
    printed_end: Decimal
    bars: tuple[Bar, ...]
    unexplained: Decimal


def bridge(
    start: Decimal, end: Decimal, steps: Sequence[Step], *, quantum: Decimal, most_steps: int = MOST_STEPS
) -> Bridge:
    """Order `steps` by the size of their effect, gather the smallest into "Other", and round all to `quantum`.

    At most `most_steps` bars are named; steps without effect are left out. Rounding is by largest remainder. A gap
    between the steps' sum and `end - start` is not spread: it becomes the last bar, "Unexplained".
    """
    moving = sorted((step for step in steps if step.effect != 0), key=lambda step: (-abs(step.effect), step.name))
    named, rest = (moving, []) if len(moving) <= most_steps + 1 else (moving[:most_steps], moving[most_steps:])
    gathered = [(step.name, step.effect, 1) for step in named]
    if rest:
        gathered.append((f"Other ({len(rest)} lines)", sum((step.effect for step in rest), Decimal(0)), len(rest)))
    unexplained = end - start - sum((step.effect for step in steps), Decimal(0))
    if unexplained != 0:
        gathered.append(("Unexplained", unexplained, 1))
    printed_start, printed_end = round_half_up(start, quantum), round_half_up(end, quantum)
    printed = largest_remainder([effect for _, effect, _ in gathered], printed_end - printed_start, quantum)
    return Bridge(
        start=start,
        end=end,
        printed_start=printed_start,
        printed_end=printed_end,
        bars=tuple(
            Bar(name, effect, rounded, count) for (name, effect, count), rounded in zip(gathered, printed, strict=True)
        ),
        unexplained=unexplained,
    )
