"""Exchange rates and conversion. A rate is EUR for one unit, times 10^8, a whole number; an amount is whole cents."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orchestration.simulation.setting.calendars import OPENING_DAY, Calendar
from orchestration.simulation.setting.company import CURRENCIES, ENTITIES, PARENT
from orchestration.simulation.setting.randomness import Draws, Ints, Number, divided, rounded

UNIT = 10**8
_FIRST = {"EUR": 10_000, "USD": 9_550, "GBP": 11_580}
"""Rates of the first day, times 10^4: rates are quoted to four decimals."""

_DAILY = 34.0
_ENTITY_CURRENCY = np.array([entity.currency for entity in ENTITIES], dtype=np.int64)


@dataclass(frozen=True)
class Rates:
    """Rates by currency and day."""

    calendar: Calendar
    draws: Draws

    @cached_property
    def end_of_day(self) -> Ints:
        """Rate at the end of the day: a walk that is pulled back to where it began."""
        days = self.calendar.day_count + 20
        rates = np.empty((len(CURRENCIES), days), dtype=np.int64)
        for number, currency in enumerate(CURRENCIES):
            first = _FIRST[currency]
            steps = rounded(self.draws.bell("rate", number, np.arange(days, dtype=np.int64)) * _DAILY)
            walk = np.cumsum(steps * self.calendar.is_working[PARENT, :days]) if currency != "EUR" else np.zeros(days)
            span = first // 6
            folded = np.abs((walk + span) % (4 * span) - 2 * span) - span
            rates[number] = (first + folded.astype(np.int64)) * 10_000
        return rates

    @cached_property
    def average(self) -> Ints:
        """Mean rate of the day: between yesterday's end and today's."""
        end = self.end_of_day
        before = np.concatenate([end[:, :1], end[:, :-1]], axis=1)
        return (before + end) // 2

    @cached_property
    def month_average(self) -> Ints:
        """Mean of the daily means over the calendar month, by currency and period, rounded half up."""
        months = self.calendar.month_of_day
        columns = []
        for period in range(self.calendar.period_count):
            days = self.average[:, np.flatnonzero(months == period)]
            columns.append((2 * days.sum(axis=1) + days.shape[1]) // (2 * days.shape[1]))
        return np.stack(columns, axis=1)

    @cached_property
    def closing(self) -> Ints:
        """Rate at the end of the calendar month, by currency and period."""
        return self.end_of_day[:, self.calendar.month_ends]

    @cached_property
    def plan(self) -> Ints:
        """Rate that a year's standards and price lists are made with, by currency and year: that of the day before."""
        days = np.concatenate([[OPENING_DAY], self.calendar.month_ends[11::12][:-1]])
        return self.end_of_day[:, days]

    def to_group(self, amount: Ints, currency: Number, day: Number) -> Ints:
        """Convert to EUR at the end of the day."""
        return divided(amount * self.end_of_day[currency, day], UNIT)

    def to_entity(self, amount: Ints, currency: Ints, entity: Ints, day: Ints) -> Ints:
        """Convert to the entity's currency at the end of the day."""
        return divided(amount * self.cross(currency, entity, day), UNIT)

    def cross(self, currency: Number, entity: Number, day: Number) -> Ints:
        """Return the entity's currency for one unit of `currency`, times 10^8, rounded half up."""
        own = self.end_of_day[_ENTITY_CURRENCY[entity], day]
        return np.asarray((2 * self.end_of_day[currency, day] * UNIT + own) // (2 * own))

    def closing_cross(self, currency: Number, entity: Number, period: Number) -> Ints:
        """Return `cross` at the closing rates of a period."""
        return self.cross(currency, entity, self.calendar.month_ends[period])
