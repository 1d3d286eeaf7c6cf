"""Goods between affiliated entities: what the buyers order each week, and when the sellers may ship it.

Nothing is shipped on the days between two entities' period ends, so both sides book in the same period.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.supply import by_day, weekly_plan
from orchestration.simulation.setting.calendars import EVERYONE
from orchestration.simulation.setting.company import ENTITIES, MAKERS
from orchestration.simulation.setting.randomness import Bools, Ints
from orchestration.simulation.setting.world import World

_START_WEEK = 6
_TRANSIT_NEAR, _TRANSIT_FAR = 2, 12
"""Working days from the seller to the buyer."""

_ORDER_AHEAD = 5
_LONGEST_CLOSING = 2
"""Weeks that can lie between the ends of a period at two entities, rounded up."""


@dataclass(frozen=True)
class Transfers:
    """Order lines of affiliated entities, by week, seller and buyer; one order per week and pair."""

    seller: Ints
    buyer: Ints
    product: Ints
    quantity: Ints
    week: Ints
    ordered: Ints
    release: Ints
    transit: Ints
    opening: Ints
    """Stock at the buyers before the first day, by entity and finished good."""


def replenish(world: World, orders: Orders) -> Transfers:
    """Plan what the entities order of what they do not make."""
    master, calendar = world.master, world.calendar
    products, days = master.finished_count, calendar.day_count
    maker = master.owner[:products]
    live = orders.is_live & (orders.line_entity != maker[orders.product])
    cell = orders.line_entity[live] * products + orders.product[live]
    demand = by_day(
        cell, orders.release[orders.line_order[live]], orders.quantity[live], len(ENTITIES) * products, days
    )
    group = np.arange(len(demand), dtype=np.int64)
    noise = 0.9 * world.draws.bell("transfer/noise", group[:, None], np.arange(days // 7, dtype=np.int64)[None, :])
    opening, wanted = weekly_plan(
        demand,
        master.safety_weeks[:, :products].ravel() * 0.7,
        noise,
        ahead=1,
        start=np.full(len(demand), _START_WEEK, dtype=np.int64),
        cycle=np.ones(len(demand), dtype=np.int64),
    )
    week, cell = np.nonzero(wanted.T)
    buyer, product = cell // products, cell % products
    seller = maker[product]
    transit = np.where(_is_far(buyer) == _is_far(seller), _TRANSIT_NEAR, _TRANSIT_FAR)
    crosses = _is_far(buyer) | _is_far(seller)
    weekday = world.draws.integers("transfer/weekday", 0, 4, week, seller, buyer)
    wanted_on = _before_closing(world, crosses, calendar.working_day(EVERYONE, week * 7 + weekday, -transit))
    release = shipping_days(world)[crosses, wanted_on]
    ranking = np.lexsort((product, buyer, seller, week))
    return Transfers(
        seller=seller[ranking],
        buyer=buyer[ranking],
        product=product[ranking],
        quantity=wanted[cell, week][ranking],
        week=week[ranking],
        ordered=calendar.working_day(EVERYONE, wanted_on, -_ORDER_AHEAD)[ranking],
        release=release[ranking],
        transit=transit[ranking],
        opening=opening.reshape(len(ENTITIES), products),
    )


def shipping_days(world: World) -> Ints:
    """Return the first day from each day on that goods may leave, for entities of one (0) and of two calendars (1)."""
    calendar = world.calendar
    days = np.arange(calendar.day_count + 20, dtype=np.int64)
    between = _between_ends(world, days)
    works = calendar.is_working[EVERYONE, : len(days)]
    allowed = np.stack([works, works & ~between])
    nearest = np.where(allowed, days, np.iinfo(np.int64).max)
    following = np.minimum.accumulate(nearest[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.minimum(following, days[-1]))


def _before_closing(world: World, crosses: Ints, day: Ints) -> Ints:
    """Return the days on which goods should leave; what fell between two period ends leaves a week or two earlier."""
    for _ in range(_LONGEST_CLOSING):
        day = np.where((crosses == 1) & _between_ends(world, day), day - 7, day)
    return day


def _between_ends(world: World, day: Ints) -> Bools:
    """Whether each day lies between the ends of a period at two entities: after the first, up to the last."""
    first, last = world.calendar.period_ends.min(axis=0), world.calendar.period_ends.max(axis=0)
    period = np.minimum(np.searchsorted(last, day, side="left"), len(last) - 1)
    return np.asarray((day > first[period]) & (day <= last[period]))


def _is_far(entity: Ints) -> Ints:
    """1 for the entity with a calendar of its own, across the sea."""
    return np.asarray((entity == MAKERS[1]).astype(np.int64))
