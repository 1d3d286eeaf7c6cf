"""XmR limits: what a series' own history lets one expect, and what counts as a signal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.analysis.control_limits import (
    LEAST_HISTORY,
    Limits,
    Signal,
    expectation,
    natural_limits,
    newest_signal,
)

numbers = st.decimals(-(10**6), 10**6, places=2)
STEADY = [Decimal(value) for value in (10, 12) * 18]
UNIT = Limits(Decimal(-4), Decimal(0), Decimal(4))


def decimals(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    limits = natural_limits(decimals(10, 12, 11, 14))
    mean_range = Decimal(2 + 1 + 3) / 3
    assert limits.centre == Decimal("11.75")
    assert limits.upper - limits.centre == Decimal("2.66") * mean_range == limits.centre - limits.lower


def test_a_moving_range_far_above_the_others_does_not_widen_the_limits() -> None:
    shifted = natural_limits(decimals(*[10, 11] * 10, *[90, 91] * 10))
    assert shifted.upper - shifted.centre == Decimal("2.66")


@given(st.lists(numbers, min_size=2, max_size=40), numbers)
def test_limits_move_with_the_series_and_keep_their_width(values: list[Decimal], shift: Decimal) -> None:
    before, after = natural_limits(values), natural_limits([value + shift for value in values])
    assert abs((after.upper - after.lower) - (before.upper - before.lower)) < Decimal("0.000001")
    assert abs(after.centre - before.centre - shift) < Decimal("0.000001")
    assert before.lower <= before.centre <= before.upper


def test_a_value_outside_the_limits_of_those_before_it_is_a_signal() -> None:
    usual, high, low = (expectation([*STEADY, Decimal(value)]) for value in (11, 30, -10))
    assert usual is not None
    assert high is not None
    assert low is not None
    assert (usual.signal, high.signal, low.signal) == (Signal.ROUTINE, Signal.ABOVE, Signal.BELOW)
    assert high.limits == usual.limits, "the newest value must not widen its own limits"


@pytest.mark.parametrize(
    ("values", "signal"),
    [
        (decimals(0, 3, 3, 3), Signal.NEAR_UPPER),
        (decimals(-3, 0, -3, -3), Signal.NEAR_LOWER),
        (decimals(3, 3, 3, 0), Signal.ROUTINE),
        (decimals(*[1] * 8), Signal.RUN_ABOVE),
        (decimals(*[-1] * 8), Signal.RUN_BELOW),
        (decimals(*[1] * 7), Signal.ROUTINE),
        (decimals(5), Signal.ABOVE),
    ],
)
def test_three_of_four_near_a_limit_and_eight_on_a_side_are_signals(values: list[Decimal], signal: Signal) -> None:
    assert newest_signal(values, UNIT) is signal


def test_a_yearly_pattern_is_no_signal_when_the_season_is_taken_out() -> None:
    peak = [Decimal(100 if month == 11 else month % 3) for month in range(12)]
    series = [value + year for year in range(3) for value in peak]
    by_year, plain = expectation(series, season=12), expectation(series)
    assert by_year is None, "every yearly change is the same: no limits can be drawn"
    assert plain is not None
    assert plain.signal is Signal.ABOVE
    series = [value + index * 7 % 5 for index, value in enumerate(series)]
    wobbly = expectation(series, season=12)
    assert wobbly is not None
    assert wobbly.signal is Signal.ROUTINE
    assert wobbly.limits[:12] == (None,) * 12
    newest = wobbly.limits[-1]
    assert newest is not None
    assert newest.lower <= series[-1] <= newest.upper


def test_nothing_is_expected_of_a_short_a_missing_or_a_constant_series() -> None:
    assert expectation(STEADY[: LEAST_HISTORY - 1]) is None
    assert expectation(STEADY[:LEAST_HISTORY]) is not None
    assert expectation([*STEADY, None]) is None
    assert expectation([Decimal(7)] * 30) is None
    assert expectation([]) is None


def test_gaps_in_a_series_are_left_out_of_its_limits() -> None:
    gappy: list[Decimal | None] = [*STEADY[:20], None, *STEADY[20:]]
    with_gap, without = expectation(gappy), expectation(STEADY)
    assert with_gap is not None
    assert without is not None
    assert with_gap.limits[-1] == without.limits[-1]
