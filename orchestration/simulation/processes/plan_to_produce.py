"""Plan to produce: work orders, their material, when they run, and the calendar of the work centres.

Stock movements and balances of all processes belong in `stock`.
"""

from dataclasses import dataclass, replace

import numpy as np

from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.intercompany import Transfers
from orchestration.simulation.processes.supply import by_day, queue, weekly_plan
from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.company import MAKERS
from orchestration.simulation.setting.master_data import COMPONENTS_PER_PRODUCT
from orchestration.simulation.setting.randomness import Draws, Ints, rounded
from orchestration.simulation.setting.world import World

_START_WEEK = 2
_LOT_HUNDREDTHS = 42_000
"""Run time of the largest lot, in hundredths of a minute."""
_LOTS = 2**16
"""More than there are lots of a product in a week, and than there are weeks."""

SHIFT_MINUTES = 480


@dataclass(frozen=True)
class WorkOrders:
    """Work orders by planned day, then product. `issued` and `finished` are NEVER until they are known."""

    drawn: Ints
    """Number that further draws about the work order use."""
    product: Ints
    planned: Ints
    line: Ints
    """Work centre, from 0 in its plant: the plant's lines take the day's work orders in turn."""
    planned_quantity: Ints
    """Good units that the line was to make."""
    quantity: Ints
    """Good units that it made: some runs end early; what is short is planned again two weeks later."""
    scrap: Ints
    rework: Ints
    component: Ints
    """Components issued, by work order and place; product numbers."""
    issued_quantity: Ints
    issued: Ints
    finished: Ints
    opening: Ints
    """Stock of finished goods at the makers before the first day."""

    @property
    def produced(self) -> Ints:
        """Units made, scrap included."""
        return self.quantity + self.scrap


@dataclass(frozen=True)
class WorkOrderCosts:
    """Times and costs of finished work orders; cents of the maker's currency, minutes and hundredths of minutes."""

    setup: Ints
    run: Ints
    material: Ints
    conversion: Ints
    standard: Ints
    standard_material: Ints
    standard_conversion: Ints
    issued_cost: Ints
    """Cost of each component issued, by work order and place."""


@dataclass(frozen=True)
class MachineDays:
    """Working days of the lines, by day, maker and line, in minutes."""

    maker: Ints
    line: Ints
    day: Ints
    shifts: Ints
    run: Ints
    setup: Ints
    down: Ints


def plan(world: World, orders: Orders, transfers: Transfers) -> WorkOrders:
    """Plan work orders for what customers and affiliated entities want of the makers."""
    master, draws = world.master, world.draws
    products, days = master.finished_count, world.calendar.day_count
    own = orders.is_live & (orders.line_entity == master.owner[orders.product])
    demand = by_day(orders.product[own], orders.release[orders.line_order[own]], orders.quantity[own], products, days)
    demand += by_day(transfers.product, transfers.release, transfers.quantity, products, days)
    product = np.arange(products, dtype=np.int64)
    noise = draws.bell("plan/noise", product[:, None], np.arange(days // 7, dtype=np.int64)[None, :])
    opening, wanted = weekly_plan(
        demand,
        master.safety_weeks[master.owner[:products], product],
        noise,
        ahead=1,
        start=np.full(products, _START_WEEK, dtype=np.int64),
        cycle=np.ones(products, dtype=np.int64),
    )
    wanted, missing = _with_shortfalls(draws, wanted)
    product, week = np.nonzero(wanted)
    quantity, short = wanted[product, week], missing[product, week]
    lots = -(-quantity // np.maximum(1, _LOT_HUNDREDTHS // master.run_hundredths[product]))
    of = np.repeat(np.arange(len(lots), dtype=np.int64), lots)
    lot = np.arange(len(of), dtype=np.int64) - np.repeat(np.cumsum(lots) - lots, lots)
    size, short = (total[of] // lots[of] + (lot < total[of] % lots[of]) for total in (quantity, short))
    product, week = product[of], week[of]
    weekday = (draws.integers("plan/weekday", 0, 4, product, week) + lot) % 5
    planned = world.calendar.working_day(master.owner[product], week * 7 + weekday)

    ranking = np.lexsort((lot, product, planned))
    product, planned, size, short, week, lot = (a[ranking] for a in (product, planned, size, short, week, lot))
    line = _line(world, master.owner[product], planned)
    scrap_share = world.life.scrap_share(master.owner[product], line, planned)
    spread = draws.uniform("scrap/spread", product, week, lot) * 1.4 + 0.3
    made = size - short
    scrap = np.floor(made * scrap_share * spread + draws.uniform("scrap", product, week, lot)).astype(np.int64)
    rework = np.floor(made * 0.03 * spread + draws.uniform("rework", product, week, lot)).astype(np.int64)
    place = np.arange(COMPONENTS_PER_PRODUCT, dtype=np.int64)[None, :]
    needed = (made + scrap)[:, None] * master.bill_quantity[product]
    waste = draws.uniform("waste", product[:, None], week[:, None], lot[:, None], place)
    part = draws.uniform("waste/part", product[:, None], week[:, None], lot[:, None], place)
    extra = np.floor(needed * (0.016 * waste - 0.004) + part)
    never = np.full(len(product), NEVER, dtype=np.int64)
    return WorkOrders(
        drawn=(product * _LOTS + week) * _LOTS + lot,
        product=product,
        planned=planned,
        line=line,
        planned_quantity=size,
        quantity=made,
        scrap=scrap,
        rework=np.minimum(rework, made),
        component=master.bill[product],
        issued_quantity=needed + extra.astype(np.int64),
        issued=never,
        finished=never,
        opening=opening,
    )


def _with_shortfalls(draws: Draws, wanted: Ints) -> tuple[Ints, Ints]:
    """Return what is planned by product and week, what fell short two weeks before included, and what falls short."""
    product, week = (np.arange(count, dtype=np.int64) for count in wanted.shape)
    cell = product[:, None], week[None, :]
    share = np.where(draws.chance("yield", 0.18, *cell), 0.02 + 0.08 * draws.uniform("yield/share", *cell), 0.0)
    missing = np.floor(wanted * share + draws.uniform("yield/unit", *cell) * (share > 0)).astype(np.int64)
    missing = np.minimum(missing, wanted // 2)
    again = np.zeros_like(missing)
    again[:, 2:] = missing[:, :-2]
    return wanted + again, missing


def run(world: World, work: WorkOrders, component_supply: Ints) -> WorkOrders:
    """Return the work orders with the days on which they ran, given the cumulative supply of components by day."""
    finished = world.master.finished_count
    places = np.arange(work.component.size, dtype=np.int64)
    line = queue(
        (work.component - finished).ravel(),
        work.issued_quantity.ravel(),
        np.repeat(work.planned, COMPONENTS_PER_PRODUCT),
        places,
    )
    covered = line.covered_on(component_supply).reshape(work.component.shape).max(axis=1)
    maker = world.master.owner[work.product]
    issued = world.calendar.working_day(maker, np.maximum(work.planned, covered))
    broken = world.draws.chance("breakdown", 0.05, work.drawn)
    delay = 1 + np.where(broken, world.draws.integers("breakdown/days", 2, 5, work.drawn), 0)
    ended = world.calendar.working_day(maker, issued, delay)
    is_run = ended < world.calendar.day_count
    return replace(work, issued=np.where(is_run, issued, NEVER), finished=np.where(is_run, ended, NEVER))


def costs(world: World, work: WorkOrders) -> WorkOrderCosts:
    """Return times and costs; of work orders that never ran too, as if they had on the last day."""
    master, draws = world.master, world.draws
    maker = master.owner[work.product]
    limit = world.calendar.day_count - 1
    issue_year = world.calendar.year_of_day[maker, np.minimum(work.issued, limit)]
    year = world.calendar.year_of_day[maker, np.minimum(work.finished, limit)]
    unit = master.standard_cost[maker[:, None], issue_year[:, None], work.component]
    issued_cost = unit * work.issued_quantity
    pace = 0.93 + 0.2 * draws.uniform("pace", work.drawn)
    minutes = np.maximum(1, rounded(work.produced * master.run_hundredths[work.product] / 100 * pace))
    setup = np.maximum(
        5, rounded(master.setup_minutes[work.product] * (0.8 + 0.6 * draws.uniform("setup/pace", work.drawn)))
    )
    conversion = minutes * master.minute_rate[year, maker]
    standard_material = work.quantity * master.standard_material[year, work.product]
    standard_conversion = work.quantity * master.standard_conversion[year, work.product]
    return WorkOrderCosts(
        setup=setup,
        run=minutes,
        material=issued_cost.sum(axis=1),
        conversion=conversion,
        standard=standard_material + standard_conversion,
        standard_material=standard_material,
        standard_conversion=standard_conversion,
        issued_cost=issued_cost,
    )


def machine_days(world: World, work: WorkOrders, cost: WorkOrderCosts) -> MachineDays:
    """Return every line's working days: the shifts planned are as many as its work needs, and one at least."""
    calendar, master = world.calendar, world.master
    widest = max(master.line_counts)
    maker, days = master.owner[work.product], calendar.day_count
    cell = maker * widest + work.line
    groups = len(MAKERS) * widest
    minutes = by_day(cell, work.finished, cost.run, groups, days)
    setups = by_day(cell, work.finished, cost.setup, groups, days)
    exists = np.concatenate([np.arange(widest) < count for count in master.line_counts])
    works = calendar.is_working[list(MAKERS), :days].repeat(widest, axis=0)
    day, group = np.nonzero(exists[None, :] & works.T)
    run_minutes, setup = minutes[group, day], setups[group, day]
    share = world.draws.uniform("machine/down", group, day)
    age = 0.4 + 1.4 * world.draws.uniform("machine/age", group)
    down = rounded(12 + run_minutes * 0.16 * age * share * share)
    shifts = np.maximum(1, -(-(run_minutes + setup + down) // SHIFT_MINUTES))
    return MachineDays(group // widest, group % widest, day, shifts, run_minutes, setup, down)


def _line(world: World, maker: Ints, planned: Ints) -> Ints:
    """Deal the work orders of each plant and day, given by day, out to its lines, starting elsewhere every day."""
    cell = planned * len(MAKERS) + maker
    ranking = np.argsort(cell, kind="stable")
    ordered = cell[ranking]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(cell)]]))
    rank = np.empty_like(cell)
    rank[ranking] = np.arange(len(cell), dtype=np.int64) - np.repeat(starts, counts)
    return (rank + planned) % np.array(world.master.line_counts, dtype=np.int64)[maker]


def components_needed(world: World, work: WorkOrders) -> Ints:
    """Return the units of each component that the work orders want, by component and planned day."""
    first = world.master.finished_count
    return by_day(
        (work.component - first).ravel(),
        np.repeat(work.planned, COMPONENTS_PER_PRODUCT),
        work.issued_quantity.ravel(),
        world.master.product_count - first,
        world.calendar.day_count,
    )
