"""Working days: counting on and back is a walk through the days; holidays are those of the country."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.simulation.setting.calendars import EVERYONE, NEVER, Calendar, date_of, day_number
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.holidays import holidays

CALENDAR = Calendar(2)
DE01, US01, GB01, FR01 = range(len(ENTITIES))
WORKERS, DAYS = st.integers(0, EVERYONE), st.integers(0, CALENDAR.day_count - 1)


def works(entity: int, day: int) -> bool:
    """Whether an entity, or everyone, works on a day."""
    countries = [ENTITIES[entity].country] if entity < EVERYONE else [e.country for e in ENTITIES]
    on = date_of(day)
    return on.weekday() < 5 and not any(on in holidays(country, on.year) for country in countries)


@given(WORKERS, DAYS, st.integers(-30, 30))
def test_counting_working_days_is_walking_from_one_to_the_next(entity: int, day: int, later: int) -> None:
    walked = day
    while not works(entity, walked):
        walked += 1
    for _ in range(abs(later)):
        walked += 1 if later > 0 else -1
        while not works(entity, walked):
            walked += 1 if later > 0 else -1
    assert int(CALENDAR.working_day(entity, day, later)) == walked


@given(WORKERS, DAYS, st.integers(0, 60))
def test_working_days_between_two_days_are_counted_with_both(entity: int, first: int, length: int) -> None:
    counted = sum(works(entity, day) for day in range(first, first + length + 1))
    assert int(CALENDAR.working_days_between(entity, first, first + length)) == counted


def test_a_day_that_does_not_come_stays_so() -> None:
    assert CALENDAR.working_day(np.array([0, 1]), np.array([NEVER, NEVER]), np.array([0, 7])).tolist() == [NEVER, NEVER]


def test_the_books_close_on_the_fifth_working_day_after_the_end() -> None:
    for entity in range(len(ENTITIES)):
        for end, closed in zip(CALENDAR.period_ends[entity], CALENDAR.closed_days[entity], strict=True):
            assert works(entity, int(closed))
            assert sum(works(entity, day) for day in range(int(end) + 1, int(closed) + 1)) == 5


@pytest.mark.parametrize(
    ("country", "year", "days"),
    [
        ("DE", 2024, "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26"),
        ("US", 2024, "01-01 05-27 07-04 09-02 11-28 12-25"),
        ("GB", 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
        ("FR", 2025, "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25"),
    ],
)
def test_holidays_are_those_of_the_country(country: str, year: int, days: str) -> None:
    assert sorted(holidays(country, year)) == [date.fromisoformat(f"{year}-{day}") for day in days.split()]


def test_easter_is_the_sunday_that_the_churches_name() -> None:
    sundays = ["2023-04-09", "2027-03-28", "2030-04-21", "2035-03-25", "2038-04-25"]
    for sunday in map(date.fromisoformat, sundays):
        assert sunday + timedelta(days=1) in holidays("FR", sunday.year)


def test_entities_work_on_the_holidays_of_others_and_everyone_only_when_all_do() -> None:
    unity, independence = day_number(date(2024, 10, 3)), day_number(date(2024, 7, 4))
    assert CALENDAR.is_working[:, unity].tolist() == [False, True, True, True, False]
    assert CALENDAR.is_working[:, independence].tolist() == [True, False, True, True, False]
