"""Price, volume and mix of the sales to customers, year against year before, in exact fractions.

Cells are products (for the group: products in entities). The order of the effects: what is new and what is lost, volume
at the mean price of the cells that were sold in both years, mix at the prices of the year before, price at its rates,
exchange last.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.truth.statements import GROUP_NUMBER

Cell = tuple[int, int]
Sales = dict[Cell, tuple[int, int]]
"""Units and cents by entity and product."""


@dataclass(frozen=True)
class Bridge:
    """The parts of the change of net sales, in cents."""

    entity: int
    year: int
    base: Fraction
    new: Fraction
    lost: Fraction
    volume: Fraction
    mix: Fraction
    price: Fraction
    exchange: Fraction
    actual: Fraction


def bridges(company: Company) -> Iterator[Bridge]:
    """Return the bridges of all years but the first, by entity and for the group."""
    calendar, rates = company.world.calendar, company.world.rates
    years = [_sales(company, year) for year in range(calendar.years)]
    for year in range(1, calendar.years):
        for entity in range(GROUP_NUMBER + 1):
            mine = [{c: v for c, v in years[y].items() if entity in (c[0], GROUP_NUMBER)} for y in (year - 1, year)]
            rate = [_year_rates(rates.month_average, y, entity) for y in (year - 1, year)]
            yield _bridge(entity, year, mine[0], mine[1], rate[0], rate[1])


def _year_rates(month_average: Ints, year: int, entity: int) -> list[Fraction]:
    """EUR for one unit of each entity's currency, mean of the year's months; 1 in the entity's own view."""
    if entity != GROUP_NUMBER:
        return [Fraction(1)] * len(ENTITIES)
    months = month_average[:, year * 12 : year * 12 + 12].sum(axis=1)
    return [Fraction(int(months[e.currency]), 12 * UNIT) for e in ENTITIES]


def _sales(company: Company, year: int) -> Sales:
    shipped, calendar = company.shipped, company.world.calendar
    period = calendar.period_of_day[shipped.entity, shipped.day]
    chosen = np.flatnonzero((period >= 0) & (period // 12 == year))
    product = company.orders.product[shipped.line[chosen]]
    width = company.world.master.finished_count
    units = np.zeros((len(ENTITIES), width), dtype=np.int64)
    amount = np.zeros_like(units)
    np.add.at(units, (shipped.entity[chosen], product), shipped.quantity[chosen])
    np.add.at(amount, (shipped.entity[chosen], product), shipped.net_own[chosen])
    return {(int(e), int(p)): (int(units[e, p]), int(amount[e, p])) for e, p in zip(*np.nonzero(units), strict=True)}


def _bridge(
    entity: int, year: int, base: Sales, actual: Sales, rate_0: list[Fraction], rate_1: list[Fraction]
) -> Bridge:
    parts: dict[str, Fraction] = defaultdict(Fraction)
    both = sorted(set(base) & set(actual))
    units_0, units_1 = (sum(sales[cell][0] for cell in both) for sales in (base, actual))
    base_total = sum((base[cell][1] * rate_0[cell[0]] for cell in both), Fraction(0))
    mean_price = base_total / units_0 if units_0 else Fraction(0)
    parts["volume"] = (units_1 - units_0) * mean_price
    for cell in both:
        (q0, a0), (q1, a1) = base[cell], actual[cell]
        p0, p1, r0, r1 = Fraction(a0, q0), Fraction(a1, q1), rate_0[cell[0]], rate_1[cell[0]]
        parts["mix"] += (q1 - Fraction(units_1 * q0, units_0)) * p0 * r0
        parts["price"] += q1 * (p1 - p0) * r0
        parts["exchange"] += a1 * (r1 - r0)
    new = sum((a * rate_1[cell[0]] for cell, (_, a) in actual.items() if cell not in base), Fraction(0))
    lost = sum((-a * rate_0[cell[0]] for cell, (_, a) in base.items() if cell not in actual), Fraction(0))
    return Bridge(
        entity=entity,
        year=year,
        base=sum((a * rate_0[cell[0]] for cell, (_, a) in base.items()), Fraction(0)),
        new=new,
        lost=lost,
        volume=parts["volume"],
        mix=parts["mix"],
        price=parts["price"],
        exchange=parts["exchange"],
        actual=sum((a * rate_1[cell[0]] for cell, (_, a) in actual.items()), Fraction(0)),
    )
