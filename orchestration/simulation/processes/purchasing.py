"""Purchase orders for components and what came in: part of procure to pay. Invoices belong in `procure_to_pay`."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.processes.supply import by_day, weekly_plan
from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.master_data import JUST_IN_TIME
from orchestration.simulation.setting.randomness import Ints, divided, rounded
from orchestration.simulation.setting.world import World


@dataclass(frozen=True)
class Purchases:
    """Purchase orders of one line each, by day of order, then component, with their one receipt."""

    component: Ints
    """Product number."""
    supplier: Ints
    entity: Ints
    currency: Ints
    ordered: Ints
    due: Ints
    shipped: Ints
    received: Ints
    quantity: Ints
    received_quantity: Ints
    rejected: Ints
    price: Ints
    drawn: Ints
    opening: Ints
    """Stock of components before the first day, by component."""

    @property
    def accepted(self) -> Ints:
        """Units put in stock."""
        return self.received_quantity - self.rejected


def purchase(world: World, needed: Ints) -> Purchases:
    """Plan and receive purchases for the components that work orders want (by component and day)."""
    master, draws, calendar = world.master, world.draws, world.calendar
    count, days = needed.shape
    component = np.arange(count, dtype=np.int64)
    supplier = master.component_supplier
    lead = master.supplier_lead[supplier]
    cycle = np.array([1, 2, 2, 4])[draws.integers("purchase/cycle", 0, 3, component)]
    start = (lead + 6) // 7 + 2
    weeks = np.arange(days // 7, dtype=np.int64)
    noise = 0.5 * draws.bell("purchase/noise", component[:, None], weeks[None, :])
    owner = master.owner[master.finished_count :]
    safety = master.safety_weeks[owner, master.finished_count + component] + 0.3
    opening, wanted = weekly_plan(needed, safety, noise, ahead=1, start=start, cycle=cycle)

    short_share = np.where(
        draws.chance("short", 0.025, component[:, None], weeks[None, :]),
        0.03 + 0.2 * draws.uniform("short/share", component[:, None], weeks[None, :]),
        0.0,
    )
    reject_share = np.where(
        draws.chance("reject", 0.05, component[:, None], weeks[None, :]),
        0.02 + 0.25 * draws.uniform("reject/share", component[:, None], weeks[None, :]),
        0.0,
    )
    short, rejected = (np.floor(wanted * share).astype(np.int64) for share in (short_share, reject_share))
    earlier = weeks[None, :] - 2 * cycle[:, None]
    again = np.where(earlier >= 0, np.take_along_axis(short + rejected, np.maximum(earlier, 0), axis=1), 0)
    ordered_quantity = np.where(wanted > 0, wanted + again, 0)

    number, week = np.nonzero(ordered_quantity)
    quantity = ordered_quantity[number, week]
    entity = owner[number]
    transit = draws.integers("purchase/transit", 1, 4, number, week)
    wanted_on = week * 7 + draws.integers("purchase/weekday", 0, 4, number, week)
    due = calendar.working_day(entity, wanted_on, -transit)
    ordered = calendar.working_day(entity, wanted_on, -(lead[number] * 5 // 7))
    delay = np.array([-1, 0, 0, 2, 8])[draws.choose("purchase/late", [25, 33, 25, 13, 4], number, week)]
    delay = delay + np.where(delay > 0, draws.integers("purchase/late/days", -1, 4, number, week), 0)
    shipped = np.maximum(calendar.working_day(entity, due, delay), ordered)
    failure = world.life.supplier_failure
    fails = (supplier[number] == JUST_IN_TIME) & (shipped >= failure.first_day) & (shipped <= (failure.last_day or 0))
    after = draws.integers("failure/days", 0, 9, number, week)
    shipped[fails] = calendar.working_day(entity, (failure.last_day or 0) + 1, after)[fails]
    received = calendar.working_day(entity, shipped, transit)
    due = calendar.working_day(entity, due, transit)

    ranking = np.lexsort((number, ordered))
    number, week, quantity, due, ordered, shipped, received = (
        a[ranking] for a in (number, week, quantity, due, ordered, shipped, received)
    )
    entity = owner[number]
    currency = master.supplier_currency[supplier[number]]
    year = calendar.year_of_day[entity, np.maximum(ordered, 0)]
    standard = master.standard_cost[entity, year, master.finished_count + number]
    own = np.array([e.currency for e in ENTITIES])[entity]
    plan = divided(standard * world.rates.plan[own, year], 1) / world.rates.plan[currency, year]
    bias = (
        1.0 + 0.012 * draws.bell("supplier/bias", supplier[number]) + 0.012 * draws.bell("purchase/price", number, week)
    )
    return Purchases(
        component=master.finished_count + number,
        supplier=supplier[number],
        entity=entity,
        currency=currency,
        ordered=ordered,
        due=due,
        shipped=shipped,
        received=np.where(received < days, received, NEVER),
        quantity=quantity,
        received_quantity=quantity - short[number, week],
        rejected=rejected[number, week],
        price=np.maximum(1, rounded(plan * bias)),
        drawn=number * len(weeks) + week,
        opening=opening,
    )


def component_supply(world: World, purchases: Purchases) -> Ints:
    """Return the cumulative units of each component that there have been, by component and day."""
    first = world.master.finished_count
    count, days = world.master.product_count - first, world.calendar.day_count
    arrived = by_day(purchases.component - first, purchases.received, purchases.accepted, count, days)
    return np.asarray(purchases.opening[:, None] + arrived.cumsum(axis=1))
