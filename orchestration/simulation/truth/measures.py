"""Measures of operations by entity and period, counted from the documents. Counts are whole; money is cents of EUR."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.columns import NULL
from orchestration.simulation.books.ledger import currency_of
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.processes.plan_to_produce import SHIFT_MINUTES
from orchestration.simulation.processes.sales_documents import completed_on
from orchestration.simulation.setting.calendars import OPENING_DAY
from orchestration.simulation.setting.company import CHANNELS, ENTITIES
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Bools, Ints
from orchestration.simulation.truth.rows import half_away
from orchestration.simulation.truth.statements import GROUP_NUMBER

MONEY = frozenset(
    {
        "sales_order_amount",
        "order_product_cost_amount",
        "quota_order_amount",
        "sales_quota_amount",
        "stock_value_amount",
        "po_amount",
    }
)
IN_DICTIONARY = MONEY | {
    "order_line_count",
    "costed_order_line_count",
    "below_cost_line_count",
    "order_count",
    "order_shipped_count",
    "order_to_ship_days",
    "order_due_count",
    "on_time_order_count",
    "active_product_days",
    "stock_out_product_days",
    "negative_stock_product_days",
    "po_line_due_count",
    "po_line_on_time_count",
    "po_line_received_count",
    "po_line_short_count",
    "po_received_qty",
    "po_rejected_qty",
    "call_count",
    "abandoned_call_count",
    "automatic_response_count",
    "service_issue_count",
    "service_issue_seconds",
    "headcount",
    "satisfied_rating_count",
    "rating_count",
}
_ACTIVE_DAYS = 365

Measures = dict[str, dict[tuple[int, int], int]]
"""By measure, then entity (GROUP_NUMBER is the group) and period."""


@dataclass(frozen=True)
class _Counter:
    """Adds amounts up by entity and period."""

    company: Company

    def by_day(self, entity: Ints, day: Ints, amount: Ints) -> Ints:
        """Return sums by entity and period of the days, of the entity's calendar."""
        calendar = self.company.world.calendar
        inside = (day >= 0) & (day < calendar.day_count)
        period = np.full(len(day), -1, dtype=np.int64)
        period[inside] = calendar.period_of_day[entity[inside], day[inside]]
        total = np.zeros((len(ENTITIES), calendar.period_count), dtype=np.int64)
        known = period >= 0
        np.add.at(total, (entity[known], period[known]), amount[known])
        return total


def measures(company: Company) -> Measures:
    """Return every measure of every period, also where it is 0."""
    count = _Counter(company)
    tables: dict[str, Ints] = {}
    for part in (_orders, _due_lines, _stock, _purchases, _production, _tickets):
        tables.update(part(company, count))
    tables["headcount"] = company.headcount[:, 1:]
    result: Measures = {}
    for name, table in tables.items():
        cells = {(e, p): int(v) for (e, p), v in np.ndenumerate(table)}
        cells.update({(GROUP_NUMBER, p): int(v) for p, v in enumerate(table.sum(axis=0))})
        result[name] = cells
    result["headcount"].update({(e, -1): int(v) for e, v in enumerate(company.headcount[:, 0])})
    result["headcount"][GROUP_NUMBER, -1] = int(company.headcount[:, 0].sum())
    result["stock_value_amount"] = _stock_value(company)
    for name, values in _group_only(company).items():
        result[name] = {(GROUP_NUMBER, p): int(v) for p, v in enumerate(values)}
    return result


Part = Callable[[Company, _Counter], dict[str, Ints]]


def _orders(company: Company, count: _Counter) -> dict[str, Ints]:
    """Orders by day of order, by the day first promised and by that of their last shipment, without cancelled lines.

    What is cancelled only after the last day of the data is an order still.
    """
    orders, world, master = company.orders, company.world, company.world.master
    live = np.flatnonzero(orders.stands_on(world.calendar.last_days))
    entity, order = orders.line_entity[live], orders.line_order[live]
    day = orders.ordered[order]
    net = orders.quantity[live] * orders.net_unit[live]
    year = world.calendar.year_of_day[entity, day]
    cost = orders.quantity[live] * master.standard_cost[entity, year, orders.product[live]]
    in_euro = world.rates.to_group(net, orders.currency[order], day)
    cost_in_euro = world.rates.to_group(cost, currency_of(entity), day)
    one = np.ones(len(live), dtype=np.int64)
    is_reseller = master.customer_channel[orders.customer[order]] == CHANNELS.index("reseller")

    number = np.unique(order)
    done = np.zeros(len(orders.entity), dtype=np.int64)
    np.maximum.at(done, order, completed_on(company.fulfilment)[live])
    who, when, done = orders.entity[number], orders.ordered[number], done[number]
    due = orders.promised[number]
    shipped = (done <= world.calendar.last_days[who]).astype(np.int64)
    on_time = shipped * (done <= due)
    return {
        "sales_order_amount": count.by_day(entity, day, in_euro),
        "order_product_cost_amount": count.by_day(entity, day, cost_in_euro),
        "order_line_count": count.by_day(entity, day, one),
        "costed_order_line_count": count.by_day(entity, day, one),
        "below_cost_line_count": count.by_day(entity, day, (in_euro < cost_in_euro).astype(np.int64)),
        "quota_order_amount": count.by_day(entity, day, in_euro * is_reseller),
        "order_count": count.by_day(who, when, np.ones(len(number), dtype=np.int64)),
        "order_shipped_count": count.by_day(who, done, shipped),
        "order_to_ship_days": count.by_day(who, done, shipped * (done - when)),
        "order_due_count": count.by_day(who, due, np.ones(len(number), dtype=np.int64)),
        "on_time_order_count": count.by_day(who, due, on_time),
    }


def _due_lines(company: Company, count: _Counter) -> dict[str, Ints]:
    """Order lines by the day first promised, and those that had left in full by then."""
    orders = company.orders
    live = np.flatnonzero(orders.stands_on(company.world.calendar.last_days))
    entity, due = orders.line_entity[live], orders.promised[orders.line_order[live]]
    met = completed_on(company.fulfilment)[live] <= due
    first = company.fulfilment.first_day[live] <= due
    one = np.ones(len(live), dtype=np.int64)
    shipped = company.shipped
    return {
        "line_due_count": count.by_day(entity, due, one),
        "line_on_time_in_full_count": count.by_day(entity, due, met.astype(np.int64)),
        "line_begun_on_time_count": count.by_day(entity, due, first.astype(np.int64)),
        "shipped_qty": count.by_day(shipped.entity, shipped.day, shipped.quantity),
    }


def _stock(company: Company, count: _Counter) -> dict[str, Ints]:
    stock, calendar = company.stock, company.world.calendar
    days = np.arange(stock.balance.shape[2], dtype=np.int64)
    is_issued = (stock.issued > 0) & (days >= OPENING_DAY)
    last_issue = np.maximum.accumulate(np.where(is_issued, days, -(10**6)), axis=2)
    active = (days - last_issue <= _ACTIVE_DAYS) & stock.is_stocked[:, :, None]
    out = active & (stock.balance <= 0)
    shape = (len(ENTITIES), calendar.day_count)
    entity, day = (a.ravel() for a in np.indices(shape))
    return {
        "active_product_days": count.by_day(entity, day, active.sum(axis=1).ravel()),
        "stock_out_product_days": count.by_day(entity, day, out.sum(axis=1).ravel()),
        "negative_stock_product_days": count.by_day(entity, day, (stock.balance < 0).sum(axis=1).ravel()),
    }


def _stock_value(company: Company) -> dict[tuple[int, int], int]:
    calendar, rates = company.world.calendar, company.world.rates
    value = company.stock.value().sum(axis=1)
    result = {}
    for period in range(calendar.period_count):
        for number, entity in enumerate(ENTITIES):
            own = int(value[number, calendar.period_ends[number, period]])
            result[number, period] = half_away(own * int(rates.closing[entity.currency, period]), UNIT)
        result[GROUP_NUMBER, period] = sum(result[number, period] for number in range(len(ENTITIES)))
    return result


def _purchases(company: Company, count: _Counter) -> dict[str, Ints]:
    p, world = company.purchases, company.world
    known = p.ordered <= world.calendar.last_days[p.entity]
    entity, due = p.entity[known], p.due[known]
    came = (p.received <= world.calendar.last_days[p.entity])[known]
    received = np.where(came, p.received_quantity[known], 0)
    on_time = came & (p.received[known] <= due) & (received >= p.quantity[known])
    amount = world.rates.to_group((p.quantity * p.price)[known], p.currency[known], np.maximum(p.ordered[known], 0))

    def counted(values: "Ints | Bools") -> Ints:
        return count.by_day(entity, due, np.asarray(values, dtype=np.int64))

    return {
        "po_line_due_count": counted(np.ones(len(due), dtype=np.int64)),
        "po_line_on_time_count": counted(on_time),
        "po_line_received_count": counted(came),
        "po_line_short_count": counted(came & (received < p.quantity[known])),
        "po_received_qty": counted(received),
        "po_rejected_qty": counted(np.where(came, p.rejected[known], 0)),
        "po_amount": counted(amount),
    }


def _production(company: Company, count: _Counter) -> dict[str, Ints]:
    """Measures of ISO 22400: quantities by day of the work order, times in hundredths of a minute by machine day."""
    work, world, machines = company.work, company.world, company.machines
    maker = world.master.owner[work.product]
    done = np.flatnonzero(work.finished <= world.calendar.last_days[maker])
    entity, day = maker[done], work.finished[done]
    routing = world.master.run_hundredths[work.product[done]]
    result = {
        "produced_qty": work.produced[done],
        "good_qty": work.quantity[done],
        "scrap_qty": work.scrap[done],
        "rework_qty": work.rework[done],
        "planned_run_hundredths": work.produced[done] * routing,
        "planned_good_hundredths": work.quantity[done] * routing,
    }
    times = {
        "planned_busy_minutes": machines.shifts * SHIFT_MINUTES,
        "run_minutes": machines.run,
        "setup_minutes": machines.setup,
        "down_minutes": machines.down,
    }
    counted = {name: count.by_day(entity, day, values) for name, values in result.items()}
    return counted | {name: count.by_day(machines.maker, machines.day, values) for name, values in times.items()}


def _tickets(company: Company, count: _Counter) -> dict[str, Ints]:
    t = company.tickets
    rated, recommended = t.satisfaction != NULL, t.recommendation != NULL

    def counted(values: Bools) -> Ints:
        return count.by_day(t.entity, t.entered, values.astype(np.int64))

    return {
        "rating_count": counted(rated),
        "satisfied_rating_count": counted(rated & (t.satisfaction >= 4)),  # noqa: PLR2004 - 4 and 5 of 5
        "recommendation_count": counted(recommended),
        "promoter_count": counted(recommended & (t.recommendation >= 9)),  # noqa: PLR2004 - 9 and 10 of 10
        "detractor_count": counted(recommended & (t.recommendation <= 6)),  # noqa: PLR2004 - up to 6 of 10
    }


def _group_only(company: Company) -> dict[str, Ints]:
    calls, calendar = company.calls, company.world.calendar
    period = np.searchsorted(calendar.month_ends, calls.day, side="left")

    def counted(values: Ints) -> Ints:
        total = np.zeros(calendar.period_count, dtype=np.int64)
        np.add.at(total, period, values)
        return total

    return {
        "sales_quota_amount": company.quotas,
        "call_count": counted(calls.calls),
        "abandoned_call_count": counted(calls.abandoned),
        "automatic_response_count": counted(calls.automatic),
        "service_issue_count": counted(calls.issues),
        "service_issue_seconds": counted(calls.issues * calls.seconds),
    }
