"""Demand meets supply, first come, first served, in closed form.

Each thing that is wanted has a place in the queue of its group (a product at a site): the interval of cumulative units
from `first` to `last`. It is covered on the first day on which the group's cumulative supply reaches `last`. So nothing
has to be simulated day by day, and stock is never below zero.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.randomness import Floats, Ints, rounded

_HALF_YEAR = 26
"""Weeks of demand that a safety stock is reckoned from; the first ones use the first half year."""


@dataclass(frozen=True)
class Queue:
    """Places of demands in their groups' queues, in the order that the demands were given in."""

    group: Ints
    first: Ints
    last: Ints

    def covered_on(self, supply: Ints) -> Ints:
        """Return the day on which each demand is covered whole, or NEVER; `supply` is cumulative by group and day."""
        days = supply.shape[1]
        height = max(int(supply.max(initial=0)), int(self.last.max(initial=0))) + 1
        offset = np.arange(len(supply), dtype=np.int64)[:, None] * height
        stairs = (supply + offset).ravel()
        place = np.searchsorted(stairs, self.last + self.group * height, side="left") - self.group * days
        return np.where(place < days, place, NEVER)

    def available(self, supply: Ints, day: Ints) -> Ints:
        """Return how many units of each demand are covered on a day."""
        return np.asarray(np.clip(supply[self.group, day] - self.first, 0, self.last - self.first))


def queue(group: Ints, quantity: Ints, *order: Ints) -> Queue:
    """Line demands up in their groups by `order` (most significant first)."""
    ranking = np.lexsort((*reversed(order), group))
    sorted_group, running = group[ranking], np.cumsum(quantity[ranking])
    starts = np.flatnonzero(np.concatenate([[True], sorted_group[1:] != sorted_group[:-1]]))
    before = np.concatenate([[0], running])[starts]
    counts = np.diff(np.concatenate([starts, [len(group)]]))
    last = np.empty_like(quantity)
    last[ranking] = running - np.repeat(before, counts)
    return Queue(group, last - quantity, last)


def by_day(group: Ints, day: Ints, quantity: Ints, groups: int, days: int) -> Ints:
    """Add quantities up by group and day; what lies outside the days is left out."""
    total = np.zeros((groups, days), dtype=np.int64)
    inside = (day >= 0) & (day < days)
    np.add.at(total, (group[inside], day[inside]), quantity[inside])
    return total


def weekly_plan(
    demand: Ints, safety_weeks: Floats, noise_weeks: Floats, *, ahead: int, start: Ints, cycle: Ints
) -> tuple[Ints, Ints]:
    """Plan what should come in by the end of each week, for each group.

    `demand` is by group and day. What has come in by the end of a week covers the demand of `ahead` weeks more (and of
    the weeks until the next plan: every `cycle` weeks), and a safety stock of weeks of the mean demand in the last half
    year, with an error of `noise_weeks` (by group and week). Returns the stock that must be there before the week
    `start`, and the quantity wanted in each week from then on.
    """
    days = demand.shape[1]
    weeks = days // 7
    total = demand.cumsum(axis=1)
    week = np.arange(weeks, dtype=np.int64)[None, :]
    span = min(_HALF_YEAR, weeks)
    by_week = np.concatenate([np.zeros_like(total[:, :1]), total[:, 6::7]], axis=1)
    until = np.maximum(np.arange(weeks), span)
    mean = (by_week[:, until] - by_week[:, until - span]) / span
    last = np.minimum(7 * (week + ahead + cycle[:, None]) - 1, days - 1)
    target = np.take_along_axis(total, last, axis=1)
    target = target + rounded(mean * (safety_weeks[:, None] + noise_weeks))
    target = np.maximum.accumulate(np.maximum(target, 0), axis=1)
    planned = (week >= start[:, None]) & ((week - start[:, None]) % cycle[:, None] == 0)
    latest = np.maximum.accumulate(np.where(planned, week, 0), axis=1)
    before = np.take_along_axis(target, np.maximum(start - 1, 0)[:, None], axis=1)
    target = np.where(week >= start[:, None], np.take_along_axis(target, latest, axis=1), before)
    target = np.maximum(target, before)
    return target[:, 0].copy(), np.diff(target, axis=1, prepend=target[:, :1])
