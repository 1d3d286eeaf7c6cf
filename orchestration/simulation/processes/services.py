"""Services and assets that are bought: which invoices come in, which are late, which are booked to the wrong account.

Part of procure to pay; paying them belongs in `procure_to_pay`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.ledger import ACCOUNTS, account, currency_of, department
from orchestration.simulation.processes.planning import Plan
from orchestration.simulation.processes.procure_to_pay import SupplierInvoices
from orchestration.simulation.setting.company import ENTITIES, MAKERS, SEASON, SERVICE_TRADES, TRADES_OF_ACCOUNT
from orchestration.simulation.setting.randomness import Floats, Ints, divided, rounded
from orchestration.simulation.setting.world import World

SERVICE_BASE = 50_000_000
_CAPITAL_ACCOUNTS = ("1230", "1240")


@dataclass(frozen=True)
class Expense:
    """A kind of service: account, department, share of planned sales in basis points, invoices a month at scale 1."""

    account: str
    department: str
    basis_points: int
    invoices: int
    is_seasonal: bool = False
    makers_only: bool = False


EXPENSES = (
    Expense("6200", "40", 85, 3),
    Expense("6300", "50", 230, 4, is_seasonal=True),
    Expense("6400", "80", 35, 3),
    Expense("6500", "80", 120, 3),
    Expense("6500", "70", 70, 1, makers_only=True),
    Expense("6550", "80", 55, 1),
    Expense("6560", "20", 70, 1),
    Expense("6590", "20", 280, 6, is_seasonal=True),
    Expense("5330", "10", 1080, 5, makers_only=True),
)
CAPITAL = ((("1230", 300), ("1240", 50)), (("1230", 40), ("1240", 40)))
"""Purchases of assets in basis points of planned sales: of makers, of the others."""


@dataclass(frozen=True)
class Services:
    """Invoices for services and assets, and what is odd about some of them."""

    invoices: SupplierInvoices
    period: Ints
    right_account: Ints
    """Account that each should have been booked to."""
    duplicate: int
    """Row of the invoice that was entered a second time, or -1."""
    slipped: int
    """Row of the invoice with ten times its amount, or -1."""


def monthly_expense(world: World, plan: Plan, expense: Expense) -> Floats:
    """Planned amount of an expense by entity and period, cents of the entity's currency."""
    sales = plan.net_sales + plan.affiliate_sales if expense.account == "5330" else plan.net_sales
    yearly = sales.reshape(len(ENTITIES), -1, 12).sum(axis=2).repeat(12, axis=1) / 12.0
    season = np.array(SEASON * world.calendar.years) / 1000.0 if expense.is_seasonal else 1.0
    amount = yearly * expense.basis_points / 10_000 * season
    if expense.makers_only:
        amount[[e for e in range(len(ENTITIES)) if e not in MAKERS]] = 0.0
    return np.asarray(amount)


def buy_services(world: World, plan: Plan) -> Services:
    """Draw the invoices of all periods."""
    kinds = [(e.account, e.department, monthly_expense(world, plan, e), e.invoices) for e in EXPENSES]
    for place, code in enumerate(_CAPITAL_ACCOUNTS):
        points = np.array([CAPITAL[0 if e in MAKERS else 1][place][1] for e in range(len(ENTITIES))])
        yearly = plan.net_sales.reshape(len(ENTITIES), -1, 12).sum(axis=2).repeat(12, axis=1) / 12.0
        kinds.append((code, "00", yearly * points[:, None] / 10_000, 1))
    parts = [_invoices(world, number, *kind) for number, kind in enumerate(kinds)]
    columns = [np.concatenate([part[i] for part in parts]) for i in range(6)]
    return _assembled(world, *columns)


def _invoices(
    world: World, kind: int, code: str, unit: str, amount: Floats, invoices: int
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Return entity, period, account, department, net amount and draw number of the invoices of one kind."""
    size = np.array([entity.orders_per_day for entity in ENTITIES]) / 6.3
    count = np.maximum(1, rounded(invoices * size * world.scale**0.7)) if invoices > 1 else np.ones(len(ENTITIES))
    entity, period = np.nonzero(amount > 0)
    each = count.astype(np.int64)[entity]
    row = np.repeat(np.arange(len(entity), dtype=np.int64), each)
    nth = np.arange(len(row), dtype=np.int64) - np.repeat(np.cumsum(each) - each, each)
    entity, period = entity[row], period[row]
    drawn = ((nth * 64 + kind) * len(ENTITIES) + entity) * 1024 + period
    factor = 0.65 + 0.7 * world.draws.uniform("service/amount", drawn)
    net = np.maximum(100, rounded(amount[entity, period] / each[row] * factor))
    full = np.ones(len(row), dtype=np.int64)
    return entity, period, full * account(code), full * department(unit), net, drawn


def _assembled(world: World, entity: Ints, period: Ints, code: Ints, unit: Ints, net: Ints, drawn: Ints) -> Services:
    draws, calendar = world.draws, world.calendar
    start, end = calendar.period_starts[entity, period], calendar.period_ends[entity, period]
    working_day, closed = calendar.working_day, calendar.closed_days[entity, period]
    last = calendar.working_days_between(entity, start, end) - 1
    day = working_day(entity, start, draws.integers("service/day", 0, last, drawn))
    comes_late = draws.chance("service/late", 0.035, drawn)
    day = np.where(comes_late, working_day(entity, start, last - draws.integers("service/late/day", 0, 6, drawn)), day)
    entered = np.where(comes_late, working_day(entity, closed, draws.integers("service/late/days", 2, 14, drawn)), day)
    at_close = ~comes_late & (day > end - 6) & draws.chance("service/close", 0.5, drawn)
    after = draws.integers("service/close/days", 0, 3, drawn)
    entered = np.where(at_close, working_day(entity, end + 1, after), entered)
    wrong = draws.chance("service/wrong", 0.03, drawn) & (code == account("6300"))
    right = code
    code = np.where(wrong, account("6200"), code)
    order = np.lexsort((drawn, entity, entered))
    entity, period, code, right, unit, net, drawn, day, entered = (
        a[order] for a in (entity, period, code, right, unit, net, drawn, day, entered)
    )
    duplicate, slipped = _anomalies(world, entity, period, right, net)
    if slipped >= 0:
        net = net.copy()
        net[slipped] *= 10
    supplier = _suppliers(world, entity, right, drawn)
    columns = [entity, period, code, right, unit, net, drawn, day, entered, supplier]
    if duplicate >= 0:
        columns = [np.append(c, c[duplicate]) for c in columns]
        closed = calendar.closed_days[entity[duplicate], period[duplicate]]
        columns[8][-1] = min(working_day(entity[duplicate], entered[duplicate], 2), closed)
    entity, period, code, right, unit, net, drawn, day, entered, supplier = columns
    return Services(
        invoices=_as_invoices(world, entity, code, unit, net, drawn=drawn, day=day, entered=entered, supplier=supplier),
        period=period,
        right_account=right,
        duplicate=duplicate,
        slipped=slipped,
    )


def _suppliers(world: World, entity: Ints, right: Ints, drawn: Ints) -> Ints:
    """Pick the supplier of each invoice: one of its entity's whose trade suits the account, the same every month."""
    master = world.master
    trade, supplier = master.service_trade, np.full(len(right), -1, dtype=np.int64)
    for code in np.unique(right):
        trades = [SERVICE_TRADES.index(name) for name in TRADES_OF_ACCOUNT[ACCOUNTS[code]]]
        for number in range(len(ENTITIES)):
            mine = (right == code) & (entity == number)
            suitable = np.flatnonzero(np.isin(trade, trades) & (master.supplier_entity == number))
            place = world.draws.integers("service/supplier", 0, len(suitable) - 1, drawn[mine] // 1024)
            supplier[mine] = suitable[place]
    return supplier


def _as_invoices(
    world: World,
    entity: Ints,
    code: Ints,
    unit: Ints,
    net: Ints,
    *,
    drawn: Ints,
    day: Ints,
    entered: Ints,
    supplier: Ints,
) -> SupplierInvoices:
    none = np.full(len(entity), -1, dtype=np.int64)
    tax = divided(net * np.array([e.sales_tax_percent for e in ENTITIES])[entity], 100)
    is_asset = np.isin(code, [account(c) for c in _CAPITAL_ACCOUNTS])
    return SupplierInvoices(
        kind=np.where(is_asset, 2, 1),
        entity=entity,
        supplier=supplier,
        receipt=none,
        day=day,
        entered=entered,
        currency=currency_of(entity),
        net=net,
        expected=np.zeros(len(entity), dtype=np.int64),
        expected_own=np.zeros(len(entity), dtype=np.int64),
        tax=tax,
        account=code,
        department=unit,
        product=none,
        number=SERVICE_BASE + np.arange(len(entity), dtype=np.int64),
        drawn=drawn * 2 + 1,
        gross_own=net + tax,
        due=day + world.master.supplier_terms[supplier],
    )


def _anomalies(world: World, entity: Ints, period: Ints, right: Ints, net: Ints) -> tuple[int, int]:
    """Return the rows of the largest invoices in the places that `life` names."""
    found = []
    for effect in (world.life.duplicate_invoice, world.life.decimal_slip):
        if effect not in world.life.effects:
            found.append(-1)
            continue
        month = world.calendar.month_of_day[effect.first_day]
        there = (entity == effect.entity) & (period == month) & (right == account(effect.scope))
        row = np.flatnonzero(there)
        found.append(int(row[np.argmax(net[row])]) if len(row) else -1)
    return found[0], found[1]
