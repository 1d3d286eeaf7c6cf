"""Budgets in two versions, and rolling forecasts. Both know the plan, and what had happened when they were issued."""

import numpy as np

from orchestration.simulation.columns import Coded, currencies, entities
from orchestration.simulation.company import (
    COMMISSION_BASIS_POINTS,
    ENTITIES,
    INCOME_TAX_PERCENT,
    MAKERS,
    STAFF,
    WARRANTY_BASIS_POINTS,
)
from orchestration.simulation.documents import Books
from orchestration.simulation.ledger import (
    ACCOUNTS,
    DEPARTMENT_CODES,
    PERIOD_SLOTS,
    account,
    currency_of,
    department,
)
from orchestration.simulation.planning import Plan
from orchestration.simulation.randomness import Floats, Ints, rounded
from orchestration.simulation.services import EXPENSES, monthly_expense
from orchestration.simulation.world import World

_DISCOUNT = 0.135
_RETURNS = 0.007
_WAGE_SHARE = 1.21
_CONVERSION = 0.38
_HORIZON = 6
_ORIGINAL_AHEAD, _REVISED_AFTER = 47, 20
_ROUND_TO = 10_000
"""Budgets are in whole hundreds of the currency."""


def budget_amounts(books: Books, plan: Plan, loans: Ints) -> Ints:
    """Return the original budget by entity, period, account and department, debit positive."""
    world = books.world
    shape = (len(ENTITIES), world.calendar.period_count, len(ACCOUNTS), len(DEPARTMENT_CODES))
    amount = np.zeros(shape)
    net = plan.net_sales.astype(np.float64)
    _set(amount, "4010", "40", -net / (1 - _DISCOUNT))
    _set(amount, "4120", "40", net / (1 - _DISCOUNT) * _DISCOUNT)
    _set(amount, "4110", "40", net * _RETURNS)
    _set(amount, "4020", "40", -plan.affiliate_sales)
    _set(amount, "5010", "10", plan.cost)
    _set(amount, "5020", "10", plan.affiliate_cost)
    is_maker = np.array([float(e in MAKERS) for e in range(len(ENTITIES))])[:, None]
    made = (plan.cost + plan.affiliate_cost) * is_maker
    _set(amount, "5390", "10", -made * _CONVERSION * 0.75)
    _set(amount, "5120", "10", made * (1 - _CONVERSION) * 0.02)
    _staff(world, amount)
    for expense in EXPENSES:
        amount[:, :, account(expense.account), department(expense.department)] += monthly_expense(world, plan, expense)
    _set(amount, "6100", "40", net * COMMISSION_BASIS_POINTS / 10_000)
    _set(amount, "6596", "60", net * WARRANTY_BASIS_POINTS / 10_000)
    _set(amount, "6580", "80", net * 0.006)
    _set(amount, "6595", "80", net * 0.003)
    yearly = plan.net_sales[:, :12].sum(axis=1)[:, None] / 12.0
    _set(amount, "6600", "80", np.broadcast_to(yearly * np.where(is_maker > 0, 0.034, 0.007), net.shape))
    _set(amount, "7020", "80", np.broadcast_to(loans[:, None] * 0.044 / 12, net.shape))
    whole = rounded(amount / _ROUND_TO) * _ROUND_TO
    profit = -whole.sum(axis=(2, 3))
    tax = rounded(np.maximum(profit, 0) * INCOME_TAX_PERCENT / 100 / _ROUND_TO) * _ROUND_TO
    whole[:, :, account("7900"), department("80")] = tax
    return whole


def _set(amount: Floats, code: str, unit: str, value: "Floats | Ints") -> None:
    amount[:, :, account(code), department(unit)] = value


def _staff(world: World, amount: Floats) -> None:
    years = np.arange(world.calendar.period_count) / 12.0
    for code, counts, pay in STAFF:
        for number, count in enumerate(counts):
            if not count:
                continue
            people = max(1, round(count * world.scale))
            monthly = people * pay * 100 * ENTITIES[number].pay_factor * 0.90 / 12 * (1 + 0.05 * years)
            production = code == "10"
            amount[number, :, account("5310" if production else "6010"), department(code)] = monthly
            amount[number, :, account("5320" if production else "6020"), department(code)] = monthly * (_WAGE_SHARE - 1)


def plan_years(books: Books, plan: Plan, loans: Ints) -> Ints:
    """Fill budget and forecast; returns the budget in force: the newest version of each year."""
    world, calendar = books.world, books.world.calendar
    original = budget_amounts(books, plan, loans)
    entity, period, code, unit = np.nonzero(original)
    first = original[entity, period, code, unit]
    change = 1.0 + 0.03 * world.draws.bell("budget/revised", entity, period // 12, code)
    later = rounded(first * np.where(period % 12 >= 3, change, 1.0) / _ROUND_TO) * _ROUND_TO  # noqa: PLR2004
    year = period // 12
    starts = calendar.period_starts[entity, year * 12]
    issued = np.concatenate([starts - _ORIGINAL_AHEAD, calendar.period_ends[entity, year * 12 + 2] + _REVISED_AFTER])
    version = np.repeat(np.arange(2, dtype=np.int64), len(entity))
    twice = np.concatenate([entity, entity])
    books.tables["budget"] = {
        "budget_version": Coded(version, ["original", "revised"]),
        "issued_on": issued,
        "entity_id": entities(twice),
        "period_id": Coded(np.concatenate([period, period]), calendar.period_ids),
        "account_code": Coded(np.concatenate([code, code]), ACCOUNTS),
        "department_code": Coded(np.concatenate([unit, unit]), DEPARTMENT_CODES),
        "currency_code": currencies(currency_of(twice)),
        "amount": np.concatenate([first, later]),
    }
    in_force = np.zeros_like(original)
    in_force[entity, period, code, unit] = later
    _forecast(books, original)
    return in_force


_LINES = (("net_sales", "4"), ("operating_profit", "456"))


def _forecast(books: Books, budget: Ints) -> None:
    """After each period's close, scale the budget of the next six by the last three periods."""
    calendar = books.world.calendar
    periods = calendar.period_count
    slot = np.arange(periods) // 12 * PERIOD_SLOTS + np.arange(periods) % 12 + 1
    actual = (books.ledger.totals.sum(axis=3) - books.ledger.late)[:, slot]
    rows: list[tuple[int, int, int, int, int]] = []
    for line, (_, first_digits) in enumerate(_LINES):
        codes = np.array([a[0] in first_digits for a in ACCOUNTS])
        planned = -budget.sum(axis=3)[:, :, codes].sum(axis=2)
        happened = -actual[:, :, codes].sum(axis=2)
        for entity in range(len(ENTITIES)):
            for period in range(2, periods - 1):
                base = int(planned[entity, period - 2 : period + 1].sum())
                known = int(happened[entity, period - 2 : period + 1].sum())
                ratio = min(max(known / base, 0.5), 1.6) if base > 0 else 1.0
                for horizon in range(1, min(_HORIZON, periods - 1 - period) + 1):
                    value = round(int(planned[entity, period + horizon]) * ratio / _ROUND_TO) * _ROUND_TO
                    rows.append((entity, period, horizon, line, value))
    entity_of, last, ahead, line_of, value_of = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    books.tables["forecast"] = {
        "issued_on": calendar.closed_days[entity_of, last] + 1,
        "entity_id": entities(entity_of),
        "period_id": Coded(last + ahead, calendar.period_ids),
        "horizon_periods": ahead,
        "line_code": Coded(line_of, [name for name, _ in _LINES]),
        "method": Coded(np.zeros(len(rows), dtype=np.int64), ["plan_scaled"]),
        "currency_code": currencies(currency_of(entity_of)),
        "amount": value_of,
    }
