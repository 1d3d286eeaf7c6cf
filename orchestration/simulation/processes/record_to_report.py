"""Record to report: opening balances, period-end entries, revaluation, taxes, corrections and the year's end.

Each function posts one kind of entry for all entities and periods. Entries that depend on what else was posted come
last, in the order of `close_books`. The year's end belongs in `year_end`, assets in `assets`, budgets in `budgets`.
"""

import numpy as np

from orchestration.simulation.books.documents import REVALUATION_ACCOUNTS, Books
from orchestration.simulation.books.ledger import (
    ACCOUNTS,
    PERIOD_SLOTS,
    Event,
    account,
    department,
    same,
)
from orchestration.simulation.books.period_entries import at_end, cells, journal, paid, regular
from orchestration.simulation.processes import year_end
from orchestration.simulation.processes.assets import Assets
from orchestration.simulation.processes.collection import Invoices
from orchestration.simulation.processes.planning import Plan
from orchestration.simulation.processes.services import EXPENSES, Services, monthly_expense
from orchestration.simulation.setting.calendars import NEVER, OPENING_DAY
from orchestration.simulation.setting.company import (
    COMMISSION_BASIS_POINTS,
    CURRENCIES,
    ENTITIES,
    MAKERS,
    PARENT,
    WARRANTY_BASIS_POINTS,
)
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Ints, divided, rounded
from orchestration.simulation.setting.world import World

_LOAN_BASIS_POINTS = (2200, 500)
_CASH_BASIS_POINTS = (250, 450)
_CAPITAL_BASIS_POINTS = (1500, 1200)
_LOAN_PARTS = 60
_INTEREST_PER_MILLE = 44
_DEPOSIT_PER_MILLE = 12
_INSURANCE_BASIS_POINTS = 60
_ALLOWANCE_PER_MILLE = ((0, 4), (31, 60), (91, 450))
"""Days overdue from which on, and the share of the receivable that is doubtful."""


def take_over(books: Books, plan: Plan, assets: Assets, opening_units: Ints) -> Ints:
    """Set the balances of the first day: stock, assets, cash, loans, capital. Returns the loans by entity.

    Capital that is not named is retained earnings, so that the balances add up to 0.
    """
    world = books.world
    finished = world.master.finished_count
    balances = np.zeros((len(ENTITIES), len(ACCOUNTS)), dtype=np.int64)
    stock = opening_units * world.master.standard_cost[:, 0, :]
    balances[:, account("1150")] = stock[:, finished:].sum(axis=1)
    balances[:, account("1170")] = stock[:, :finished].sum(axis=1)
    old = assets.acquired <= OPENING_DAY
    np.add.at(balances, (assets.entity[old], assets.account[old]), assets.cost[old])
    np.add.at(balances, (assets.entity[old], assets.contra[old]), -assets.accumulated(-1)[old])
    sales = plan.net_sales[:, :12].sum(axis=1)
    group = np.array([0 if e in MAKERS else 1 for e in range(len(ENTITIES))])
    loans = sales * np.array(_LOAN_BASIS_POINTS)[group] // 10_000 // 100 * 100
    capital = sales * np.array(_CAPITAL_BASIS_POINTS)[group] // 10_000 // 100 * 100
    cash = sales * np.array(_CASH_BASIS_POINTS)[group] // 10_000 // 100 * 100
    balances[:, account("1110")] = cash
    balances[:, account("2210")] = -loans
    balances[:, account("2410")] = -capital
    balances[PARENT, account("1300")] = shares_in_affiliates(world, capital)
    balances[:, account("2430")] -= balances.sum(axis=1)
    entity, code = np.nonzero(balances)
    books.ledger.add(
        Event(
            name="opening",
            entity=entity,
            posted=np.zeros(len(entity), dtype=np.int64),
            journal=entity + 1,
            amounts={"balance": same(balances[entity, code])},
            codes={"account": code},
        )
    )
    number = np.arange(len(ENTITIES), dtype=np.int64)
    books.bank(number, np.zeros_like(number), cash, "opening", number + 1)
    return np.asarray(loans)


def shares_in_affiliates(world: World, capital: Ints) -> int:
    """Return what the parent paid for its shares, EUR cents: their part of the capital at the first plan rate."""
    total = 0
    for number, entity in enumerate(ENTITIES):
        if number != PARENT:
            rate = int(world.rates.plan[entity.currency, 0])
            total += int(capital[number]) * rate // UNIT * entity.ownership_basis_points // 10_000
    return total


def run_periods(books: Books, plan: Plan, loans: Ints, net_sales: Ints) -> None:
    """Post what every period brings; `net_sales` is what was recognised of customers, by entity and period."""
    _accrue(books, plan)
    _insure(books, plan)
    _borrow(books, loans)
    _commission(books, net_sales)
    _warranty(books, net_sales)


def close_books(books: Books, invoices: Invoices, services: Services, net_sales: Ints) -> None:
    """Post what depends on everything else: corrections, sales tax, allowance, revaluation, income tax, year end."""
    _correct(books, services)
    _sales_tax(books)
    _deposit_interest(books)
    _allowance(books, invoices)
    _revalue(books)
    year_end.adjust_year(books, net_sales)
    year_end.income_tax(books)
    year_end.dividend(books)
    year_end.close_years(books)


def _accrue(books: Books, plan: Plan) -> None:
    """Utilities used and not yet invoiced, reversed on the first day of the next period."""
    world = books.world
    utilities = next(expense for expense in EXPENSES if expense.account == "6550")
    entity, period = cells(world)
    amount = rounded(
        monthly_expense(world, plan, utilities)[entity, period]
        * (0.8 + 0.4 * world.draws.uniform("accrual", entity, period))
    )
    codes = {
        "account": np.full(len(entity), account("6550"), dtype=np.int64),
        "department": np.full(len(entity), department("80"), dtype=np.int64),
    }
    at_end(books, "accrual", entity, period, amount, codes)
    again = period + 1 < world.calendar.period_count
    entity, period, amount = entity[again], period[again], amount[again]
    books.ledger.add(
        Event(
            name="accrual_reversal",
            entity=entity,
            posted=world.calendar.period_starts[entity, period + 1],
            journal=journal(entity, period),
            amounts={"amount": same(amount)},
            codes={name: code[again] for name, code in codes.items()},
        )
    )


def _insure(books: Books, plan: Plan) -> None:
    world = books.world
    yearly = plan.net_sales.reshape(len(ENTITIES), -1, 12).sum(axis=2) * _INSURANCE_BASIS_POINTS // 10_000
    yearly = yearly // 1200 * 1200
    entity, year = (a.ravel() for a in np.indices(yearly.shape, dtype=np.int64))
    day = world.calendar.working_day(entity, world.calendar.period_starts[entity, year * 12] + 7)
    paid(books, "insurance_payment", entity, day, journal(entity, year), yearly[entity, year])
    entity, period = cells(world)
    at_end(books, "insurance_expense", entity, period, yearly[entity, period // 12] // 12)


def _borrow(books: Books, loans: Ints) -> None:
    calendar = books.world.calendar
    entity, period = cells(books.world)
    part = loans // _LOAN_PARTS
    open_loan = loans[entity] - part[entity] * (period // 3)
    interest = divided(open_loan * _INTEREST_PER_MILLE, 12_000)
    end = calendar.period_ends[entity, period]
    paid(books, "interest_expense", entity, end, journal(entity, period), interest)
    quarter = period % 3 == 2  # noqa: PLR2004
    paid(
        books, "loan_repayment", entity[quarter], end[quarter], journal(entity, period)[quarter], part[entity[quarter]]
    )


def _commission(books: Books, net_sales: Ints) -> None:
    calendar = books.world.calendar
    entity, period = cells(books.world)
    amount = divided(net_sales[entity, period] * COMMISSION_BASIS_POINTS, 10_000)
    at_end(books, "commission", entity, period, amount)
    later = np.minimum(period + 1, calendar.period_count - 1)
    day = np.where(period + 1 < calendar.period_count, calendar.period_starts[entity, later] + 14, NEVER)
    day = calendar.working_day(entity, day)
    count = calendar.period_count * len(ENTITIES)
    paid(books, "payroll_payment", entity, day, count + journal(entity, period), amount)


def _warranty(books: Books, net_sales: Ints) -> None:
    calendar = books.world.calendar
    entity, period = cells(books.world)
    amount = divided(net_sales[entity, period] * WARRANTY_BASIS_POINTS, 10_000)
    at_end(books, "warranty_provision", entity, period, amount)
    later = period + 2 < calendar.period_count
    entity, period, amount = entity[later], period[later], amount[later]
    cost = rounded(amount * (0.7 + 0.5 * books.world.draws.uniform("warranty", entity, period)))
    day = calendar.working_day(entity, calendar.period_starts[entity, period + 2] + 11)
    paid(books, "warranty_cost", entity, day, journal(entity, period), cost)


def _deposit_interest(books: Books) -> None:
    """Interest on what was at the bank at the start of the period, before income tax and dividends."""
    world = books.world
    cash = books.ledger.totals[:, :, account("1110")].sum(axis=2)
    opening = cash[:, :1]
    before = np.concatenate([opening, opening + regular(world, cash).cumsum(axis=1)[:, :-1]], axis=1)
    entity, period = cells(world)
    amount = np.maximum(before[entity, period], 0) * _DEPOSIT_PER_MILLE // 12_000
    end = world.calendar.period_ends[entity, period]
    paid(books, "interest_income", entity, end, journal(entity, period), amount, sign=1)


def _correct(books: Books, services: Services) -> None:
    """Move what was booked to the wrong account: in the next period, or, for a third, late in the same."""
    world, bills = books.world, services.invoices
    calendar = world.calendar
    row = np.flatnonzero(bills.account != services.right_account)
    entity, period = bills.entity[row], services.period[row]
    is_late = world.draws.chance("correction/late", 0.34, bills.drawn[row])
    later = np.minimum(period + 1, calendar.period_count - 1)
    following = calendar.working_day(entity, calendar.period_starts[entity, later] + 12)
    has_next = period + 1 < calendar.period_count
    posted = np.where(is_late, calendar.period_ends[entity, period], following)
    entered = np.where(is_late, calendar.working_day(entity, calendar.closed_days[entity, period], 3), posted)
    kept = is_late | has_next
    row, entity, posted, entered = row[kept], entity[kept], posted[kept], entered[kept]
    entered = np.maximum(entered, calendar.working_day(entity, bills.entered[row], 1))
    books.ledger.add(
        Event(
            name="correction",
            entity=entity,
            posted=posted,
            entered=entered,
            journal=bills.number[row],
            document_type="supplier_invoice",
            document=bills.number[row],
            amounts={"amount": same(bills.net[row])},
            codes={
                "account": services.right_account[row],
                "wrong_account": bills.account[row],
                "department": bills.department[row],
            },
        )
    )


def _sales_tax(books: Books) -> None:
    """Pay sales tax less input tax of the period before on its successor's 20th day; first, what was taken over."""
    world, totals = books.world, books.ledger.totals
    output = -totals[:, :, account("2145")].sum(axis=2)
    paid = totals[:, :, account("1135")].sum(axis=2)
    slot = np.concatenate([[0], np.arange(world.calendar.period_count)[:-1]])
    slot[1:] = slot[1:] // 12 * PERIOD_SLOTS + slot[1:] % 12 + 1
    entity, period = cells(world)
    output, paid = output[entity, slot[period]], paid[entity, slot[period]]
    day = world.calendar.working_day(entity, world.calendar.period_starts[entity, period] + 19)
    kept = (output != 0) | (paid != 0)
    entity, period, output, paid, day = entity[kept], period[kept], output[kept], paid[kept], day[kept]
    number = journal(entity, period)
    books.ledger.add(
        Event(
            name="sales_tax_payment",
            entity=entity,
            posted=day,
            journal=number,
            document=number,
            amounts={"output_tax": same(output), "input_tax": same(paid), "paid": same(output - paid)},
        )
    )
    books.bank(entity, day, paid - output, "manual", number)


def _allowance(books: Books, invoices: Invoices) -> None:
    """Bring the allowance to what the age of the open invoices asks for."""
    world, calendar = books.world, books.world.calendar
    slots = calendar.period_count
    used = regular(world, books.ledger.totals[:, :, account("1140")].sum(axis=2))
    needed = np.zeros((len(ENTITIES), slots), dtype=np.int64)
    for number in range(slots):
        end = calendar.period_ends[invoices.entity, number]
        is_open = (invoices.day <= end) & (invoices.settled > end) & ~invoices.is_credit
        overdue = end - invoices.due
        share = np.zeros(len(end), dtype=np.int64)
        for first, per_mille in _ALLOWANCE_PER_MILLE:
            share = np.where((overdue >= first) | (first == 0), per_mille, share)
        doubtful = np.where(is_open, invoices.gross_own * share, 0)
        np.add.at(needed[:, number], invoices.entity, doubtful)
    needed //= 1000
    entity, period = cells(world)
    before = np.concatenate([np.zeros((len(ENTITIES), 1), dtype=np.int64), needed[:, :-1]], axis=1)
    at_end(books, "allowance", entity, period, (needed - before + used)[entity, period])


def _revalue(books: Books) -> None:
    """Open items in foreign currency to the closing rate, reversed on the next day."""
    world, calendar = books.world, books.world.calendar
    foreign, own = books.foreign.cumsum(axis=4)
    rows: list[tuple[int, int, int, int]] = []
    for place, name in enumerate(REVALUATION_ACCOUNTS):
        for who, when in zip(*cells(world), strict=True):
            day = calendar.period_ends[who, when]
            gain = 0
            for currency in range(len(CURRENCIES)):
                cross = int(world.rates.closing_cross(currency, int(who), int(when)))
                gain += _half_away(int(foreign[place, who, currency, day]) * cross, UNIT)
                gain -= int(own[place, who, currency, day])
            if gain:
                rows.append((account(name), int(who), int(when), gain))
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    code, entity, period, amount = (table[:, column] for column in range(4))
    at_end(books, "revaluation", entity, period, amount, {"account": code})
    again = period + 1 < calendar.period_count
    code, entity, period, amount = code[again], entity[again], period[again], amount[again]
    books.ledger.add(
        Event(
            name="revaluation_reversal",
            entity=entity,
            posted=calendar.period_starts[entity, period + 1],
            entered=calendar.working_day(entity, calendar.period_ends[entity, period] + 1, 1),
            journal=journal(entity, period),
            amounts={"amount": same(amount)},
            codes={"account": code},
        )
    )


def _half_away(numerator: int, denominator: int) -> int:
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude
