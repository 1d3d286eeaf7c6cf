"""The variance of one number against another: its size, its share of the base, and whether it is good news."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LARGEST_MEANINGFUL_SHARE = Decimal(10)
"""A variance of more than ten times its base says that the base is near zero, not that the change is large."""


class Effect(StrEnum):
    """What a variance means, by the polarity of what varies."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Variance:
    """Actual less base.

    `absolute` is in the unit of the two (percentage points, as a fraction, for ratios). `relative` is a fraction of the
    base's size; None when it would mean nothing: for ratios, a base of zero or near it, two of differing sign, or
    periods of different lengths.
    """

    absolute: Decimal
    relative: Decimal | None
    effect: Effect


def variance(
    actual: Decimal, base: Decimal, *, polarity: int, is_ratio: bool = False, is_as_long: bool = True
) -> Variance:
    """Compare `actual` with `base`. `polarity` is 1 when higher is better, -1 when lower is, 0 when neither is.

    `is_as_long` is false for sums over periods of different lengths: the share would be of the days.
    """
    absolute = actual - base
    return Variance(
        absolute=absolute,
        relative=None if is_ratio or not is_as_long else _share(actual, base),
        effect=_effect(absolute * polarity),
    )


def _share(actual: Decimal, base: Decimal) -> Decimal | None:
    if base == 0 or actual * base < 0:
        return None
    share = (actual - base) / abs(base)
    return share if abs(share) <= LARGEST_MEANINGFUL_SHARE else None


def _effect(favourable: Decimal) -> Effect:
    if favourable == 0:
        return Effect.NEUTRAL
    return Effect.GOOD if favourable > 0 else Effect.BAD
