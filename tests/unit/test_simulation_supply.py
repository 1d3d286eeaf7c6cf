"""Supply meets demand in closed form: the same as day by day, piece by piece."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orchestration.simulation.processes.supply import by_day, queue, weekly_plan
from orchestration.simulation.setting.calendars import NEVER, Calendar, date_of
from orchestration.simulation.setting.randomness import Draws, divided

DAYS = 14
DEMANDS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, DAYS - 1), st.integers(1, 9)), min_size=1, max_size=30)
SUPPLIES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, DAYS - 1), st.integers(0, 20)), max_size=20)


def shipped_day_by_day(demands: list[tuple[int, int, int]], supplies: list[tuple[int, int, int]]) -> list[int]:
    """The day on which each demand is covered, by walking through the days with a queue for each group."""
    covered = [NEVER] * len(demands)
    waiting = {g: sorted((r, n) for n, (group, r, _) in enumerate(demands) if group == g) for g in range(3)}
    for group, queued in waiting.items():
        stock = 0
        for day in range(DAYS):
            stock += sum(q for g, d, q in supplies if g == group and d == day)
            while queued and demands[queued[0][1]][2] <= stock:
                number = queued.pop(0)[1]
                stock -= demands[number][2]
                covered[number] = day
    return covered


@given(DEMANDS, SUPPLIES)
def test_first_come_first_served_in_closed_form_is_what_a_walk_through_the_days_gives(
    demands: list[tuple[int, int, int]], supplies: list[tuple[int, int, int]]
) -> None:
    group, release, quantity = np.array(demands, dtype=np.int64).T
    arrived = np.array(supplies, dtype=np.int64).reshape(-1, 3).T
    supply = by_day(arrived[0], arrived[1], arrived[2], 3, DAYS).cumsum(axis=1)
    place = queue(group, quantity, release, np.arange(len(group)))
    assert place.covered_on(supply).tolist() == shipped_day_by_day(demands, supplies)


@given(DEMANDS, SUPPLIES)
def test_what_is_available_to_all_is_never_more_than_there_is(
    demands: list[tuple[int, int, int]], supplies: list[tuple[int, int, int]]
) -> None:
    group, release, quantity = np.array(demands, dtype=np.int64).T
    arrived = np.array(supplies, dtype=np.int64).reshape(-1, 3).T
    supply = by_day(arrived[0], arrived[1], arrived[2], 3, DAYS).cumsum(axis=1)
    place = queue(group, quantity, release)
    for day in range(DAYS):
        available = place.available(supply, np.full(len(group), day))
        for number in range(3):
            assert available[group == number].sum() <= supply[number, day]


def test_a_plan_without_errors_covers_the_weeks_ahead_and_the_safety_stock() -> None:
    demand = np.zeros((1, 70), dtype=np.int64)
    demand[0, ::7] = 10
    week = np.zeros((1, 10))
    opening, wanted = weekly_plan(demand, np.array([1.0]), week, ahead=1, start=np.array([2]), cycle=np.array([1]))
    assert opening[0] == 40  # the weeks 0 to 2 and one week of safety
    assert wanted[0].tolist() == [0, 0, 10, 10, 10, 10, 10, 10, 10, 0]


def test_a_draw_does_not_depend_on_what_is_drawn_with_it() -> None:
    draws = Draws(7)
    numbers = np.arange(1000, dtype=np.int64)
    together = draws.uniform("x", numbers)
    assert together[::-1].tolist() == draws.uniform("x", numbers[::-1]).tolist()
    assert [float(draws.uniform("x", int(n))) for n in numbers[:50]] == together[:50].tolist()
    assert (draws.uniform("y", numbers) != together).all()
    assert (Draws(8).uniform("x", numbers) != together).all()
    assert 0.45 < together.mean() < 0.55
    assert abs(np.corrcoef(together[1:], together[:-1])[0, 1]) < 0.1


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_division_rounds_halves_away_from_zero(numerator: int, denominator: int) -> None:
    quotient = int(divided(np.array([numerator]), denominator)[0])
    assert abs(2 * (numerator - quotient * denominator)) <= denominator
    assert int(divided(np.array([-numerator]), denominator)[0]) == -quotient


def test_weeks_of_4_4_5_end_on_saturdays_and_the_53rd_week_belongs_to_the_last_period() -> None:
    calendar = Calendar(6)
    ends = [date_of(int(day)) for day in calendar.period_ends[1]]
    assert {end.weekday() for end in ends} == {5}
    lengths = np.diff(np.concatenate([[calendar.period_starts[1, 0] - 1], calendar.period_ends[1]])) // 7
    assert lengths[:12].tolist() == [4, 4, 5] * 4
    assert [int(lengths[year * 12 + 11]) for year in range(6)] == [5, 5, 5, 5, 5, 6]
    last_saturdays = ["2023-12-30", "2024-12-28", "2025-12-27", "2026-12-26", "2027-12-25", "2028-12-30"]
    assert ends[11::12] == [date.fromisoformat(day) for day in last_saturdays]


def test_every_day_of_the_data_is_in_one_period_of_each_entity() -> None:
    calendar = Calendar(3)
    for entity, last in enumerate(calendar.last_days):
        periods = calendar.period_of_day[entity]
        first = int(calendar.period_starts[entity, 0])
        assert (periods[:first] == -1).all()
        assert (periods[last + 1 :] == -1).all()
        assert set(np.diff(periods[first : last + 1]).tolist()) == {0, 1}
