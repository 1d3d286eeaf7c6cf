"""Budgets in two versions, and rolling forecasts. Both know the plan, and what had happened when they were issued.

The first year's budget is the plan. Each later one is the plan's growth on what the year before had shown by then: the
periods that were closed. So it is wrong by what happens afterwards, not by the same each year.
"""

import numpy as np

from orchestration.simulation.books.columns import Coded, currencies, entities
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import (
    ACCOUNTS,
    DEPARTMENT_CODES,
    account,
    currency_of,
    department,
)
from orchestration.simulation.books.period_entries import regular
from orchestration.simulation.processes.hire_to_retire import role
from orchestration.simulation.processes.planning import Plan
from orchestration.simulation.processes.services import EXPENSES, monthly_expense
from orchestration.simulation.setting.calendars import Calendar
from orchestration.simulation.setting.company import (
    COMMISSION_BASIS_POINTS,
    ENTITIES,
    INCOME_TAX_PERCENT,
    MAKERS,
    STAFF,
    WARRANTY_BASIS_POINTS,
)
from orchestration.simulation.setting.randomness import Floats, Ints, rounded
from orchestration.simulation.setting.world import World

_RETURNS = 0.007
_WAGE_SHARE = 1.21
_CONVERSION = 0.38
_EFFICIENCY = 0.04
_DEPOSIT_INTEREST = 0.012
_HORIZON = 6
_ORIGINAL_AHEAD, _REVISED_AFTER = 47, 20
_ROUND_TO = 10_000
"""Budgets are in whole hundreds of the currency."""
_LEARNED = (0.6, 1.6)
"""A budget follows the year before no further than this: what is odd will not come again."""
_FIRST_QUARTER_WEIGHT = 0.5
_BY_RULE = ("6595", "7010", "7900")
"""Accounts whose budget follows from other accounts, not from what was posted."""
_NONE_PLANNED = ("7030", "7050", "7055")
"""Accounts that are budgeted with 0, so that all of profit and loss is."""


def planned_amounts(books: Books, plan: Plan, loans: Ints) -> Floats:
    """Return profit and loss as the plan has it, by entity, period, account and department, debit positive.

    Of all years, from what was known before the first (interest income: from what is at the bank); without income tax.
    """
    world = books.world
    shape = (len(ENTITIES), world.calendar.period_count, len(ACCOUNTS), len(DEPARTMENT_CODES))
    amount = np.zeros(shape)
    net = plan.net_sales.astype(np.float64)
    gross = net / (1 - plan.discount[:, None])
    _set(amount, "4010", "40", -gross)
    _set(amount, "4120", "40", gross - net)
    _set(amount, "4110", "40", net * _RETURNS)
    _set(amount, "4020", "40", -plan.affiliate_sales)
    _set(amount, "5010", "10", plan.cost)
    _set(amount, "5020", "10", plan.affiliate_cost)
    is_maker = np.array([float(e in MAKERS) for e in range(len(ENTITIES))])[:, None]
    made = (plan.cost + plan.affiliate_cost) * is_maker
    _set(amount, "5390", "10", -made * _CONVERSION * 0.75)
    _set(amount, "5120", "10", made * (1 - _CONVERSION) * 0.02)
    _set(amount, "5130", "10", made * _CONVERSION * _EFFICIENCY)
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
    _set(amount, "7010", "80", -_known_cash(books) * _DEPOSIT_INTEREST / 12)
    return amount


def _known_cash(books: Books) -> Ints:
    """Return what was at the bank at the end of the last period closed when each period's budget was issued."""
    calendar = books.world.calendar
    slots = books.ledger.totals[:, :, account("1110")].sum(axis=2)
    ends = np.concatenate([slots[:, :1], slots[:, :1] + regular(books.world, slots).cumsum(axis=1)], axis=1)
    issued = calendar.period_starts[:, ::12] - _ORIGINAL_AHEAD
    closed = (calendar.closed_days[:, None, :] < issued[:, :, None]).sum(axis=2)
    return np.asarray(np.take_along_axis(ends, closed, axis=1).repeat(12, axis=1))


def _with_tax(amount: Floats) -> Ints:
    """Return a budget in whole hundreds, with the income tax on its profit."""
    whole = rounded(amount / _ROUND_TO) * _ROUND_TO
    whole[:, :, account("7900")] = 0
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
            paid_for = sum(role(number, code, place, people).pay for place in range(people))
            monthly = paid_for * pay * 100 * ENTITIES[number].pay_factor * 0.90 / 12 * (1 + 0.05 * years)
            production = code == "10"
            amount[number, :, account("5310" if production else "6010"), department(code)] = monthly
            amount[number, :, account("5320" if production else "6020"), department(code)] = monthly * (_WAGE_SHARE - 1)


def plan_years(books: Books, plan: Plan, loans: Ints) -> Ints:
    """Fill budget and forecast; returns the budget in force: the newest version of each year."""
    calendar = books.world.calendar
    year_starts, quarter_ends = calendar.period_starts[:, ::12], calendar.period_ends[:, 2::12]
    first_issue, second_issue = year_starts - _ORIGINAL_AHEAD, quarter_ends + _REVISED_AFTER
    planned = planned_amounts(books, plan, loans)
    actual = _closed_actuals(books)

    growth = _shown(calendar, actual, planned.sum(axis=3), first_issue, year=-1)
    expected = planned * growth.repeat(12, axis=1)[..., None]
    change = 1 + _FIRST_QUARTER_WEIGHT * (_shown(calendar, actual, expected.sum(axis=3), second_issue, year=0) - 1)
    later = np.arange(calendar.period_count) % 12 >= 3  # noqa: PLR2004 - after the first quarter
    original = _with_tax(expected)
    revised = _with_tax(expected * np.where(later[None, :, None], change.repeat(12, axis=1), 1.0)[..., None])

    is_budgeted = (original != 0).any(axis=1, keepdims=True) | np.zeros_like(original, dtype=bool)
    for always in (*_NONE_PLANNED, "7010", "7020", "7900"):
        is_budgeted[:, :, account(always), department("80")] = True
    entity, period, code, unit = np.nonzero(is_budgeted)
    issued = np.concatenate([first_issue[entity, period // 12], second_issue[entity, period // 12]])
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
        "amount": np.concatenate([original[entity, period, code, unit], revised[entity, period, code, unit]]),
    }
    _forecast(books, _with_tax(planned))
    return np.where(is_budgeted, revised, 0)


def _closed_actuals(books: Books) -> Ints:
    """Return what was posted by entity, period and account, as the books stood at each period's close."""
    return regular(books.world, books.ledger.totals.sum(axis=3) - books.ledger.late)


def _shown(calendar: Calendar, actual: Ints, expected: Floats, issued: Ints, *, year: int) -> Floats:
    """Return actual by expected amounts, by entity, year and account, of the periods closed on the day of issue.

    Of those, the periods of the year itself (0) or of the year before (-1). 1 where nothing can be compared.
    """
    number = np.arange(calendar.period_count) // 12
    ratio = np.ones((len(ENTITIES), calendar.years, len(ACCOUNTS)))
    for place in range(calendar.years):
        known = (number == place + year) & (calendar.closed_days < issued[:, place, None])
        posted = (actual * known[..., None]).sum(axis=1)
        wanted = (expected * known[..., None]).sum(axis=1)
        comparable = posted * wanted > 0
        ratio[:, place] = np.where(comparable, np.clip(posted / np.where(comparable, wanted, 1), *_LEARNED), 1.0)
    for code in _BY_RULE:
        ratio[:, :, account(code)] = 1.0
    return ratio


_LINES = (("net_sales", "4"), ("operating_profit", "456"))


def _forecast(books: Books, plan: Ints) -> None:
    """After each period's close, scale the plan of the next six by the last three periods."""
    calendar = books.world.calendar
    periods = calendar.period_count
    actual = _closed_actuals(books)
    rows: list[tuple[int, int, int, int, int]] = []
    for line, (_, first_digits) in enumerate(_LINES):
        codes = np.array([a[0] in first_digits for a in ACCOUNTS])
        planned = -plan.sum(axis=3)[:, :, codes].sum(axis=2)
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
