"""Days and fiscal periods. A day is its number from `ORIGIN` (a Monday) on; a period its number from the first one on.

The company's data begin on `START`. What happens between ORIGIN and START warms the company up; what happens after an
entity's last period only keeps planning honest and is dropped.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.holidays import holidays
from orchestration.simulation.setting.randomness import Bools, Ints, Number

ORIGIN = date(2022, 9, 5)
START = date(2023, 1, 1)
FIRST_YEAR = START.year
OPENING_DAY = (START - ORIGIN).days - 1
"""The day before START, on which the opening balances stand."""

NEVER = 10**6
"""A day that does not come."""

EVERYONE = len(ENTITIES)
"""Stands for an entity where working days are asked for: the days on which all of them work."""

_SATURDAY = 5
_MARGIN_DAYS = 112
_REACH_DAYS = 365
"""Days before ORIGIN and after the last one within which working days are known."""

_CLOSE_WORKING_DAYS = 5


def day_number(day: date) -> int:
    """Return the number of a date."""
    return (day - ORIGIN).days


def date_of(day: int) -> date:
    """Return the date of a number."""
    return ORIGIN + timedelta(days=int(day))


@dataclass(frozen=True)
class Calendar:
    """Fiscal periods of all entities over a number of fiscal years. Arrays are by entity, then period or day."""

    years: int

    @cached_property
    def period_count(self) -> int:
        """Regular periods of an entity."""
        return self.years * 12

    @cached_property
    def period_ids(self) -> list[str]:
        """Names of the regular periods."""
        return [f"{FIRST_YEAR + p // 12}-{p % 12 + 1:02d}" for p in range(self.period_count)]

    @cached_property
    def month_ends(self) -> Ints:
        """Last day of each calendar month, by period: the group's calendar."""
        firsts = [date(FIRST_YEAR + (p + 1) // 12, (p + 1) % 12 + 1, 1) for p in range(self.period_count)]
        return np.array([day_number(first) - 1 for first in firsts], dtype=np.int64)

    @cached_property
    def period_ends(self) -> Ints:
        """Last day of each period, by entity."""
        return np.array(
            [_weeks_ends(self.years) if e.calendar == "4-4-5" else self.month_ends for e in ENTITIES], dtype=np.int64
        )

    @cached_property
    def period_starts(self) -> Ints:
        """First day of each period, by entity."""
        first = np.full((len(ENTITIES), 1), OPENING_DAY + 1, dtype=np.int64)
        return np.concatenate([first, self.period_ends[:, :-1] + 1], axis=1)

    @cached_property
    def last_days(self) -> Ints:
        """Last day of the data of each entity."""
        return self.period_ends[:, -1]

    @cached_property
    def day_count(self) -> int:
        """Days that are simulated, margin included; a multiple of 7."""
        return int((self.last_days.max() + 1 + _MARGIN_DAYS + 6) // 7 * 7)

    @cached_property
    def is_working(self) -> Bools:
        """By entity, last EVERYONE, and day: Monday to Friday, but for the holidays of the entity's country."""
        return self._reached[:, _REACH_DAYS : _REACH_DAYS + self.day_count + 30]

    @cached_property
    def _reached(self) -> Bools:
        """`is_working`, from _REACH_DAYS before ORIGIN to as many after the last day."""
        dates = [date_of(day) for day in range(-_REACH_DAYS, self.day_count + _REACH_DAYS)]
        years = range(dates[0].year, dates[-1].year + 1)
        free = [set().union(*(holidays(entity.country, year) for year in years)) for entity in ENTITIES]
        rows = np.array([[d.weekday() < _SATURDAY and d not in days for d in dates] for days in free])
        return np.concatenate([rows, rows.all(axis=0, keepdims=True)])

    @cached_property
    def _working_days(self) -> tuple[Ints, Ints]:
        """Working days by entity and their number, and how many there are before each day of `_reached`."""
        count = self._reached.sum(axis=1)
        found = [np.flatnonzero(works) - _REACH_DAYS for works in self._reached]
        days = np.stack([np.pad(days, (0, count.max() - len(days)), mode="edge") for days in found])
        return days, self._reached.cumsum(axis=1) - self._reached

    def working_day(self, entity: Number, day: Number, later: Number = 0) -> Ints:
        """Return the same day if the entity works on it, else the next one on which it does; `later` working days on.

        Below 0, `later` goes back: -1 is the last working day before. Days after the last one of the simulation, NEVER
        too, stay what they are.
        """
        days, before = self._working_days
        inside = np.clip(day, -_REACH_DAYS, self.day_count - 1)
        number = before[entity, inside + _REACH_DAYS] + later
        found = days[entity, np.clip(number, 0, days.shape[1] - 1)]
        return np.where(np.asarray(day) < self.day_count, found, day)

    def working_days_between(self, entity: Number, first: Number, last: Number) -> Ints:
        """Return how many working days there are from the first to the last day, both included."""
        before = self._working_days[1]
        return np.asarray(before[entity, np.add(last, 1 + _REACH_DAYS)] - before[entity, np.add(first, _REACH_DAYS)])

    @cached_property
    def closed_days(self) -> Ints:
        """Day on which each period was closed: five working days after its end."""
        entity = np.arange(len(ENTITIES), dtype=np.int64)[:, None]
        return self.working_day(entity, self.period_ends + 1, _CLOSE_WORKING_DAYS - 1)

    @cached_property
    def period_of_day(self) -> Ints:
        """Period by entity and day; -1 before START and after the entity's last day."""
        days = np.arange(self.day_count, dtype=np.int64)
        periods = np.stack([np.searchsorted(ends, days, side="left") for ends in self.period_ends]).astype(np.int64)
        periods[:, : OPENING_DAY + 1] = -1
        periods[periods >= self.period_count] = -1
        return periods

    @cached_property
    def year_of_day(self) -> Ints:
        """Fiscal year by entity and day, 0 for the first and all before, the last one for all after."""
        days = np.arange(self.day_count + 20, dtype=np.int64)
        ends = self.period_ends[:, 11::12]
        return np.stack([np.minimum(np.searchsorted(e, days, side="left"), self.years - 1) for e in ends]).astype(
            np.int64
        )

    @cached_property
    def month_of_day(self) -> Ints:
        """Calendar month by day, counted from that of START; negative before."""
        dates = [date_of(day) for day in range(self.day_count + 20)]
        return np.array([(d.year - FIRST_YEAR) * 12 + d.month - 1 for d in dates], dtype=np.int64)

    @cached_property
    def calendar_year_of_day(self) -> Ints:
        """Calendar year by day, 0 for the first and all before, the last one for all after."""
        return np.clip(self.month_of_day // 12, 0, self.years - 1)


def _weeks_ends(years: int) -> list[int]:
    """Return the last days of periods of 4, 4 and 5 weeks; the year ends on the last Saturday of December.

    The last period has a sixth week in years of 53.
    """
    ends: list[int] = []
    first = START
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        last = date(year, 12, 31)
        saturday = last - timedelta(days=(last.weekday() - _SATURDAY) % 7)
        for weeks in [4, 4, 5] * 3 + [4, 4]:
            first += timedelta(weeks=weeks)
            ends.append(day_number(first) - 1)
        ends.append(day_number(saturday))
        first = saturday + timedelta(days=1)
    return ends
