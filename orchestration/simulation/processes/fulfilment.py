"""What leaves the sites, when: orders of customers and of affiliated entities against the supply that there is.

Part of order to cash. What is posted and invoiced belongs in `order_to_cash`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.intercompany import Transfers, shipping_days
from orchestration.simulation.processes.plan_to_produce import WorkOrders
from orchestration.simulation.processes.supply import by_day, queue
from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.setting.world import World

_PARTIAL_FROM = 0.1
"""Share of a line that must be there for a part to be sent ahead."""
_SPLIT_FROM = 4
"""Units from which on some lines leave in two parts though all of it is there: a truck is full, a customer asks."""
_CLOSED_SHORT = 0.6
"""Share of the customers who do without a rest that does not come within days."""


@dataclass(frozen=True)
class Fulfilment:
    """When order lines left; NEVER if not. A line's first part is all of it unless `rest` is above zero."""

    first_day: Ints
    first_quantity: Ints
    rest_day: Ints
    rest: Ints
    closed_day: Ints
    """Day on which the customer did without the rest, which then never leaves; NEVER if not."""
    transfer_day: Ints
    """Day on which each line of `Transfers` left."""
    transfer_arrival: Ints


def fulfil(world: World, orders: Orders, transfers: Transfers, work: WorkOrders) -> Fulfilment:
    """Ship from the makers, then, with what arrives of that, from the other entities."""
    master, calendar = world.master, world.calendar
    products, days = master.finished_count, calendar.day_count
    maker = master.owner[:products]
    lines = len(orders.product)
    parts = _nothing_yet(lines)

    supply = work.opening[:, None] + by_day(work.product, work.finished, work.quantity, products, days).cumsum(axis=1)
    at_maker = orders.is_live & (orders.line_entity == maker[orders.product])
    own = np.flatnonzero(at_maker)
    release = orders.release[orders.line_order]
    place = queue(
        np.concatenate([orders.product[own], transfers.product]),
        np.concatenate([orders.quantity[own], transfers.quantity]),
        np.concatenate([release[own], transfers.release]),
        np.concatenate([own, lines + np.arange(len(transfers.product))]),
    )
    covered = place.covered_on(supply)
    available = place.available(supply, np.minimum(np.concatenate([release[own], transfers.release]), days - 1))
    _ship(world, orders, own, covered[: len(own)], available[: len(own)], parts)

    ready = np.maximum(covered[len(own) :], transfers.release)
    crosses = ((transfers.seller == 1) | (transfers.buyer == 1)).astype(np.int64)
    left = np.where(ready < days, shipping_days(world)[crosses, np.minimum(ready, days - 1)], NEVER)
    left = np.where(left < days, left, NEVER)
    lasts = calendar.last_days[np.stack([transfers.seller, transfers.buyer])].min(axis=0)
    left = np.where((left > lasts) & (left <= calendar.last_days.max()), NEVER, left)
    arrival = calendar.working_day(transfers.buyer, left, transfers.transit)
    arrival = np.where(arrival < days, arrival, NEVER)

    cell = transfers.buyer * products + transfers.product
    arrived = by_day(cell, arrival, transfers.quantity, len(ENTITIES) * products, days)
    supply = transfers.opening.reshape(-1)[:, None] + arrived.cumsum(axis=1)
    others = np.flatnonzero(orders.is_live & (orders.line_entity != maker[orders.product]))
    cell = orders.line_entity[others] * products + orders.product[others]
    place = queue(cell, orders.quantity[others], release[others], others)
    covered = place.covered_on(supply)
    available = place.available(supply, np.minimum(release[others], days - 1))
    _ship(world, orders, others, covered, available, parts)
    return Fulfilment(
        first_day=parts.first_day,
        first_quantity=parts.first_quantity,
        rest_day=parts.rest_day,
        rest=parts.rest,
        closed_day=parts.closed_day,
        transfer_day=left,
        transfer_arrival=arrival,
    )


@dataclass(frozen=True)
class _Parts:
    """What is filled in as it is known: day and quantity of the first part and of the rest, by order line."""

    first_day: Ints
    first_quantity: Ints
    rest_day: Ints
    rest: Ints
    closed_day: Ints


def _nothing_yet(lines: int) -> _Parts:
    never, none = np.full(lines, NEVER, dtype=np.int64), np.zeros(lines, dtype=np.int64)
    return _Parts(never, none, never.copy(), none.copy(), never.copy())


def _ship(world: World, orders: Orders, line: Ints, covered: Ints, available: Ints, parts: _Parts) -> None:
    """Fill in the days of some lines: whole when covered, or a part first and the rest later."""
    days, working_day, entity = world.calendar.day_count, world.calendar.working_day, orders.line_entity[line]
    release, quantity = orders.release[orders.line_order[line]], orders.quantity[line]
    drawn = orders.line_drawn[line]
    held_up = world.draws.chance("line/held", 0.05, drawn)
    picked = working_day(entity, release, np.where(held_up, world.draws.integers("line/held/days", 1, 3, drawn), 0))
    whole = working_day(entity, np.maximum(covered, picked))
    whole = np.where(whole < days, whole, NEVER)
    accepts = world.draws.chance("line/partial", 0.9, drawn)
    is_partial = accepts & (available < quantity) & (available >= np.maximum(1, quantity * _PARTIAL_FROM))
    parts.first_day[line] = np.where(is_partial, release, whole)
    parts.first_quantity[line] = np.where(is_partial, available, quantity)
    patience = working_day(entity, release, world.draws.integers("line/patience", 1, 5, drawn))
    is_split = ~is_partial & (quantity >= _SPLIT_FROM) & world.draws.chance("line/split", 0.1, drawn)
    later = working_day(entity, whole, world.draws.integers("line/split/days", 1, 4, drawn))
    is_closed = is_partial & (whole > patience) & world.draws.chance("line/closed", _CLOSED_SHORT, drawn)
    parts.closed_day[line] = np.where(is_closed, patience, NEVER)
    parts.rest_day[line] = np.where(is_partial & ~is_closed, whole, NEVER)
    parts.rest[line] = np.where(is_partial, quantity - available, 0)
    split = np.flatnonzero(is_split & (later < days))
    parts.first_quantity[line[split]] -= quantity[split] // 2
    parts.rest_day[line[split]], parts.rest[line[split]] = later[split], quantity[split] // 2
