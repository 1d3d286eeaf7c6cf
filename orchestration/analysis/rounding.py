"""Rounding for print. Amounts in the mart are exact; they are rounded here, once, when a person reads them."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

HALF = Decimal("0.5")


def round_half_up(value: Decimal, quantum: Decimal) -> Decimal:
    """Return `value` rounded to a multiple of `quantum`, halves towards plus infinity.

    Adding a multiple of `quantum` before or after rounding gives the same result, which `largest_remainder` needs.
    """
    return (value / quantum + HALF).to_integral_value(ROUND_FLOOR) * quantum


def largest_remainder(parts: Sequence[Decimal], total: Decimal, quantum: Decimal) -> tuple[Decimal, ...]:
    """Round `parts` to multiples of `quantum` that sum to `total` exactly; each moves by less than one `quantum`.

    `total` is a multiple of `quantum` less than one `quantum` away from the parts' exact sum. The parts with the
    largest remainders are rounded up, the first of equals first. Raises ValueError for a total that the parts cannot
    round to.
    """
    whole = [(part / quantum).to_integral_value(ROUND_FLOOR) for part in parts]
    missing = total / quantum - sum(whole, Decimal(0))
    if missing != missing.to_integral_value() or not 0 <= missing <= len(parts):
        raise ValueError(f"{sum(parts, Decimal(0))} cannot be rounded to {total} in steps of {quantum}")
    remainders = [part / quantum - floor for part, floor in zip(parts, whole, strict=True)]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: int(missing)]:
        whole[index] += 1
    return tuple(units * quantum for units in whole)
