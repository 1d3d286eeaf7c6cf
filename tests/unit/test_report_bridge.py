"""A bridge adds up exactly, also as printed, whatever the amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.analysis.bridge import Step, bridge
from orchestration.analysis.rounding import largest_remainder, round_half_up

THOUSAND = Decimal(1000)
cents = st.integers(-10_000_000_000, 10_000_000_000).map(lambda value: Decimal(value) / 100)
effects = st.lists(cents, max_size=15)


@given(start=cents, parts=effects)
def test_printed_bars_add_up_to_the_printed_totals(start: Decimal, parts: list[Decimal]) -> None:
    steps = [Step(f"line {index}", effect) for index, effect in enumerate(parts)]
    result = bridge(start, start + sum(parts, Decimal(0)), steps, quantum=THOUSAND)
    assert result.printed_start + sum(bar.printed for bar in result.bars) == result.printed_end
    assert result.start + sum(bar.effect for bar in result.bars) == result.end
    assert result.unexplained == 0


@given(start=cents, parts=effects)
def test_each_printed_bar_is_less_than_one_unit_from_its_effect(start: Decimal, parts: list[Decimal]) -> None:
    steps = [Step(f"line {index}", effect) for index, effect in enumerate(parts)]
    result = bridge(start, start + sum(parts, Decimal(0)), steps, quantum=THOUSAND)
    assert all(abs(bar.printed - bar.effect) < THOUSAND for bar in result.bars)
    assert result.printed_end == round_half_up(result.end, THOUSAND)


@given(start=cents, end=cents, parts=effects)
def test_what_the_steps_leave_open_is_a_bar_of_its_own(start: Decimal, end: Decimal, parts: list[Decimal]) -> None:
    steps = [Step(f"line {index}", effect) for index, effect in enumerate(parts)]
    result = bridge(start, end, steps, quantum=THOUSAND)
    gap = end - start - sum(parts, Decimal(0))
    assert result.unexplained == gap
    assert [bar.effect for bar in result.bars if bar.name == "Unexplained"] == ([gap] if gap else [])
    assert result.printed_start + sum(bar.printed for bar in result.bars) == result.printed_end


def test_bars_go_from_the_largest_effect_to_the_smallest_and_the_rest_is_gathered() -> None:
    steps = [
        Step(name, Decimal(effect)) for name, effect in zip("abcdefghi", (1, -9, 3, 7, -2, 5, 4, 8, 6), strict=True)
    ]
    result = bridge(
        Decimal(0), sum((step.effect for step in steps), Decimal(0)), steps, quantum=Decimal(1), most_steps=3
    )
    assert [bar.name for bar in result.bars] == ["b", "h", "d", "Other (6 lines)"]
    assert result.bars[-1].effect == sum(step.effect for step in steps if step.name not in "bhd")


@given(parts=st.lists(cents, min_size=1, max_size=12))
def test_rounded_parts_sum_to_the_rounded_sum(parts: list[Decimal]) -> None:
    total = round_half_up(sum(parts, Decimal(0)), THOUSAND)
    assert sum(largest_remainder(parts, total, THOUSAND)) == total


def test_a_total_that_the_parts_cannot_round_to_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be rounded"):
        largest_remainder([Decimal(1), Decimal(2)], Decimal(9), Decimal(1))
