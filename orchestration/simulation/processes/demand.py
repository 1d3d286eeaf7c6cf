"""Orders of customers as they are placed: part of order to cash. What becomes of them belongs in `order_to_cash`."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.setting.calendars import OPENING_DAY, date_of
from orchestration.simulation.setting.company import ENTITIES, SEASON
from orchestration.simulation.setting.randomness import Bools, Ints, divided, rounded
from orchestration.simulation.setting.world import World

_MOST_LINES = 4
_YEARLY_GROWTH = 0.05
_QUIET_DAYS = 42
"""Days without orders at the end of the margin, so that the last orders can be planned for."""


@dataclass(frozen=True)
class Orders:
    """Customer orders in the order of their numbers (by day, then entity), and their lines."""

    entity: Ints
    customer: Ints
    ordered: Ints
    requested: Ints
    promised: Ints
    release: Ints
    """Working day on which the warehouse starts to pick: no later than promised."""
    transit: Ints
    """Working days from the warehouse to the customer."""
    currency: Ints
    drawn: Ints
    """Number that further draws about the order use."""
    line_order: Ints
    line_number: Ints
    product: Ints
    quantity: Ints
    price: Ints
    unit_discount: Ints
    cancelled: Ints
    """Day on which the line was cancelled, or -1."""
    line_drawn: Ints

    @property
    def line_entity(self) -> Ints:
        """Selling entity of each line."""
        return self.entity[self.line_order]

    @property
    def is_live(self) -> Bools:
        """Whether each line will never be cancelled."""
        return self.cancelled < 0

    def stands_on(self, day: Ints) -> Bools:
        """Whether each line has not been cancelled by its entity's `day`, whatever comes after."""
        return self.is_live | (self.cancelled > day[self.line_entity])

    @property
    def net_unit(self) -> Ints:
        """Price less discount of each line's unit."""
        return self.price - self.unit_discount


def place_orders(world: World) -> Orders:
    """Draw the customer orders of all entities and days, margin included."""
    entity, day, drawn = _orders(world)
    draws, master, working_day = world.draws, world.master, world.calendar.working_day
    customer = _customers(world, entity, day, drawn)
    channel = master.customer_channel[customer]
    lead = draws.integers("order/lead", np.array([6, 3, 1])[channel], np.array([20, 10, 3])[channel], drawn)
    promised = working_day(entity, day, lead)
    release = working_day(entity, day, np.maximum(1, lead - draws.integers("order/early", 0, 2, drawn)))
    transit = draws.integers("order/transit", 1, 3, drawn)
    wish = np.array([0, 1, 3, 4])[draws.choose("order/wish", [70, 12, 10, 8], drawn)]
    requested = np.maximum(day, working_day(entity, promised, transit - wish))

    place = np.arange(_MOST_LINES, dtype=np.int64)
    count = 1 + draws.choose("order/lines", [38, 30, 20, 12], drawn)
    order, number = np.nonzero(place[None, :] < count[:, None])
    line_drawn = drawn[order] * _MOST_LINES + number
    product = _products(world, entity[order], line_drawn)
    factor = world.life.demand_factor(entity[order], master.family[product], day[order])
    kept = draws.uniform("line/kept", line_drawn) < factor / 1.4
    first_sale, last_sale = master.sale_days
    is_sold = (day[order] >= first_sale[product]) & (day[order] <= last_sale[product])
    product = np.where(is_sold, product, master.leader[product])
    kept &= day[order] <= master.customer_last_day[customer[order]]
    order, number, line_drawn, product = order[kept], number[kept], line_drawn[kept], product[kept]

    used, order = np.unique(order, return_inverse=True)
    entity, day, drawn, customer, channel = entity[used], day[used], drawn[used], customer[used], channel[used]
    promised, release, transit, requested = promised[used], release[used], transit[used], requested[used]
    starts = np.flatnonzero(np.concatenate([[True], order[1:] != order[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(order)]]))
    number = np.arange(len(order), dtype=np.int64) - np.repeat(starts, counts) + 1

    line_channel, currency = channel[order], master.customer_currency[customer]
    share = draws.uniform("line/quantity", line_drawn)
    quantity = 1 + np.floor(share * share * np.array([14, 9, 2])[line_channel]).astype(np.int64)
    price = master.price(product, currency[order], day[order])
    thousandths = master.customer_discount[customer[order]]
    deal = draws.chance("line/deal", 0.012, line_drawn)
    thousandths = np.where(deal, draws.integers("line/deal", 380, 560, line_drawn), thousandths)
    cancel = draws.chance("line/cancel", 0.012, line_drawn)
    cancelled = working_day(entity, day, 1)[order]
    return Orders(
        entity=entity,
        customer=customer,
        ordered=day,
        requested=requested,
        promised=promised,
        release=release,
        transit=transit,
        currency=currency,
        drawn=drawn,
        line_order=order.astype(np.int64),
        line_number=number,
        product=product,
        quantity=quantity,
        price=price,
        unit_discount=divided(price * thousandths, 1000),
        cancelled=np.where(cancel & (cancelled < release[order]), cancelled, -1),
        line_drawn=line_drawn,
    )


def expected_orders(world: World) -> Ints:
    """Return the orders expected by entity and day, in millionths, before any shock and before lines are thinned."""
    days = np.arange(world.calendar.day_count, dtype=np.int64)
    season = np.array(SEASON)[np.array([date_of(int(day)).month - 1 for day in days])]
    working = world.calendar.is_working[:, : len(days)] & (days < len(days) - _QUIET_DAYS)
    growth = 1.0 + _YEARLY_GROWTH * (days - OPENING_DAY) / 365.0
    rows = [
        entity.orders_per_day * world.scale * 1.14 * season / 1000 * growth * working[number]
        for number, entity in enumerate(ENTITIES)
    ]
    return rounded(np.stack(rows) * 1e6)


def _orders(world: World) -> tuple[Ints, Ints, Ints]:
    """Return entity, day and draw number of each order, by day, then entity."""
    expected = expected_orders(world) / 1e6
    where: Ints = np.indices(expected.shape, dtype=np.int64)
    entity, day = where[0], where[1]
    cell = day * len(ENTITIES) + entity
    spread = 0.7 + 0.6 * world.draws.uniform("orders/spread", cell)
    count = np.floor(expected * spread + world.draws.uniform("orders/count", cell)).astype(np.int64)
    count, cell = count.T.ravel(), cell.T.ravel()
    most = int(count.max())
    owner = np.repeat(np.arange(len(count), dtype=np.int64), count)
    nth = np.arange(len(owner), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    cell = cell[owner]
    return cell % len(ENTITIES), cell // len(ENTITIES), cell * (most + 1) + nth


def _customers(world: World, entity: Ints, day: Ints, drawn: Ints) -> Ints:
    """Pick a customer for each order: the first ones often, the last ones only later."""
    counts = world.master.customer_counts[entity]
    known = 0.8 + 0.2 * np.minimum(day / float(world.calendar.last_days.max()), 1.0)
    share = world.draws.uniform("order/customer", drawn)
    return world.master.customer_first[entity] + np.floor(share * share * counts * known).astype(np.int64)


def _products(world: World, entity: Ints, drawn: Ints) -> Ints:
    """Pick a finished good for each line: the popular ones, and those that the entity makes, more often."""
    master = world.master
    bounds = []
    for number in range(len(ENTITIES)):
        made = master.owner[: master.finished_count] == number
        bounds.append(np.cumsum(master.popularity * np.where(made, 3, 2)))
    stairs = np.concatenate([b / b[-1] + number for number, b in enumerate(bounds)])
    place = np.searchsorted(stairs, world.draws.uniform("line/product", drawn) + entity, side="right")
    return np.asarray(np.minimum(place - entity * master.finished_count, master.finished_count - 1))
