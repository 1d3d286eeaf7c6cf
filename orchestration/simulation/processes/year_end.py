"""The year's end: income tax over the year, auditors' adjustments, the dividend, and the close of profit and loss.

Part of record to report; called from there, in the order in which they depend on each other.
"""

import numpy as np

from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import (
    ACCOUNTS,
    ADJUSTMENT,
    CLOSE,
    PERIOD_SLOTS,
    Event,
    account,
    department,
    same,
)
from orchestration.simulation.books.period_entries import at_end, cells, journal, paid, regular
from orchestration.simulation.setting.company import ENTITIES, INCOME_TAX_PERCENT, PARENT
from orchestration.simulation.setting.randomness import Ints, divided

_IS_PROFIT_AND_LOSS = np.array([code[0] in "4567" for code in ACCOUNTS])


def income_tax(books: Books) -> None:
    """Tax on the year's profit so far as the books stood at the close; paid in the month after the quarter."""
    world, calendar = books.world, books.world.calendar
    posted = books.ledger.totals.sum(axis=3) - books.ledger.late
    profit = -regular(world, posted[:, :, _IS_PROFIT_AND_LOSS].sum(axis=2))
    so_far = profit.reshape(len(ENTITIES), -1, 12).cumsum(axis=2)
    due = divided(np.maximum(so_far, 0) * INCOME_TAX_PERCENT, 100)
    tax = np.diff(due, axis=2, prepend=0).reshape(len(ENTITIES), -1)
    entity, period = cells(world)
    at_end(books, "income_tax", entity, period, tax[entity, period])
    quarter = tax.reshape(len(ENTITIES), -1, 3).sum(axis=2)
    entity, number = (a.ravel() for a in np.indices(quarter.shape, dtype=np.int64))
    following = (number + 1) * 3
    known = following < calendar.period_count
    entity, number, following = entity[known], number[known], following[known]
    day = calendar.working_day(entity, calendar.period_starts[entity, following] + 24)
    paid(books, "income_tax_payment", entity, day, journal(entity, number), quarter[entity, number])


def adjust_year(books: Books, net_sales: Ints) -> None:
    """Move a thousandth of the sales between two expense accounts, in the thirteenth period: auditors' adjustments."""
    calendar = books.world.calendar
    yearly = net_sales.reshape(len(ENTITIES), -1, 12).sum(axis=2)
    entity, year = (a.ravel() for a in np.indices(yearly.shape, dtype=np.int64))
    last = year * 12 + 11
    full = np.ones(len(entity), dtype=np.int64)
    books.ledger.add(
        Event(
            name="year_end_adjustment",
            entity=entity,
            posted=calendar.period_ends[entity, last],
            entered=calendar.closed_days[entity, last] + 11,
            slot=year * PERIOD_SLOTS + ADJUSTMENT,
            journal=journal(entity, year),
            amounts={"amount": same(np.maximum(yearly[entity, year], 0) // 1_000)},
            codes={
                "account": full * account("6500"),
                "wrong_account": full * account("6590"),
                "department": full * department("80"),
            },
        )
    )


def dividend(books: Books) -> None:
    """Three quarters of the parent's net income of the year before, in June."""
    world, calendar = books.world, books.world.calendar
    total = books.ledger.totals[PARENT][:, _IS_PROFIT_AND_LOSS].sum(axis=(1, 2))
    income = -regular(world, total[None, :])[0].reshape(-1, 12).sum(axis=1)
    year = np.arange(1, calendar.years, dtype=np.int64)
    parent = np.full(len(year), PARENT, dtype=np.int64)
    day = calendar.working_day(parent, calendar.period_starts[parent, year * 12 + 5] + 14)
    paid(books, "dividend", parent, day, year, np.maximum(income[:-1], 0) * 3 // 400 * 100)


def close_years(books: Books) -> None:
    """Bring every account of profit and loss to zero, in a period of its own."""
    calendar = books.world.calendar
    by_year = books.ledger.totals.reshape(len(ENTITIES), calendar.years, PERIOD_SLOTS, len(ACCOUNTS), -1)
    movement = by_year[:, :, 1:CLOSE].sum(axis=2) * _IS_PROFIT_AND_LOSS[None, None, :, None]
    entity, year, code, unit = np.nonzero(movement)
    last = year * 12 + 11
    books.ledger.add(
        Event(
            name="year_end_close",
            entity=entity,
            posted=calendar.period_ends[entity, last],
            entered=calendar.closed_days[entity, last] + 14,
            slot=year * PERIOD_SLOTS + CLOSE,
            journal=journal(entity, year),
            amounts={"amount": same(-movement[entity, year, code, unit])},
            codes={"account": code, "department": unit},
        )
    )
