"""What the company plans: sales and their cost by entity and period.

The plan comes from the orders expected and the experience of the months before the start. Budgets and expenses start
from it. It knows nothing of shocks, nor of what the years will bring.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.processes.demand import Orders, expected_orders
from orchestration.simulation.processes.intercompany import Transfers
from orchestration.simulation.setting.calendars import OPENING_DAY
from orchestration.simulation.setting.company import ENTITIES, MAKERS
from orchestration.simulation.setting.randomness import Floats, Ints, rounded
from orchestration.simulation.setting.world import World

_LINES_PER_ORDER = 2.06 / 1.4
_PRICE_RISE = 0.027
_COST_RISE = 0.024


@dataclass(frozen=True)
class Plan:
    """Planned amounts by entity and period, cents of the entity's currency."""

    net_sales: Ints
    cost: Ints
    affiliate_sales: Ints
    affiliate_cost: Ints
    line_value: Floats
    """Net value of an order line that the plan starts from, by entity."""
    discount: Floats
    """Share of the list price that was given away before the start, by entity."""


def plan_sales(world: World, orders: Orders, transfers: Transfers) -> Plan:
    """Return the plan of all periods."""
    calendar, master = world.calendar, world.master
    entities, periods = len(ENTITIES), calendar.period_count
    early = orders.is_live & (orders.ordered[orders.line_order] <= OPENING_DAY)
    entity, order = orders.line_entity[early], orders.line_order[early]
    net = orders.quantity[early] * orders.net_unit[early]
    gross = orders.quantity[early] * orders.price[early]
    gross_own = world.rates.to_entity(gross, orders.currency[order], entity, orders.ordered[order])
    net_own = world.rates.to_entity(net, orders.currency[order], entity, orders.ordered[order])
    cost = orders.quantity[early] * master.standard_cost[entity, 0, orders.product[early]]
    lines = np.maximum(np.bincount(entity, minlength=entities), 1)
    line_value, line_cost = (_sums(entity, amount, entities) / lines for amount in (net_own, cost))

    expected = expected_orders(world) / 1e6 * _LINES_PER_ORDER
    line_count = np.zeros((entities, periods))
    for number in range(entities):
        for period in range(periods):
            first, last = calendar.period_starts[number, period], calendar.period_ends[number, period]
            line_count[number, period] = expected[number, first : last + 1].sum()
    years = np.arange(periods) // 12
    net_sales = rounded(line_count * line_value[:, None] * (1 + _PRICE_RISE * years))
    planned_cost = rounded(line_count * line_cost[:, None] * (1 + _COST_RISE * years))

    sold = transfers.release <= OPENING_DAY
    affiliate = transfers.quantity * master.transfer_price[0, transfers.product]
    affiliate_net = _sums(transfers.seller[sold], affiliate[sold], entities)
    beside = (orders.release[order] >= transfers.release.min()) & (orders.release[order] <= OPENING_DAY)
    own_net = np.maximum(_sums(entity[beside], net_own[beside], entities), 1)
    share = np.array([affiliate_net[e] / own_net[e] if e in MAKERS else 0.0 for e in range(entities)])
    affiliate_sales = rounded(net_sales * share[:, None])
    gross_sum = _sums(entity, gross_own, entities)
    discount = (gross_sum - _sums(entity, net_own, entities)) / np.maximum(gross_sum, 1)
    return Plan(net_sales, planned_cost, affiliate_sales, rounded(affiliate_sales / 1.12), line_value, discount)


def _sums(group: Ints, amount: Ints, groups: int) -> Floats:
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, group, amount)
    return total.astype(np.float64)
