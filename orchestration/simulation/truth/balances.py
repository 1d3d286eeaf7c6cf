"""Trial balances of the entities, and the same in the group's currency. All amounts are whole cents, debit positive."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.contract import chart_of_accounts
from orchestration.simulation.books.ledger import ACCOUNTS, ADJUSTMENT, DEPARTMENT_CODES, PERIOD_SLOTS, Ledger
from orchestration.simulation.setting.calendars import OPENING_DAY
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Bools, Ints
from orchestration.simulation.setting.world import World
from orchestration.simulation.truth.rows import half_away

OPENING = -1
"""The opening balances, as a period."""

RESULT_ACCOUNT = "2440"
Cell = tuple[int, int, str, str]
"""Entity, period, account, department."""


@dataclass(frozen=True)
class TrialBalances:
    """Balances (balance sheet, by period from OPENING on) and movements (profit and loss), as posted and in EUR."""

    world: World
    balances: Mapping[Cell, int]
    movements: Mapping[Cell, int]
    adjustments: Mapping[Cell, int]
    """Movements of the thirteenth periods; the period is the year."""
    group_balances: Mapping[Cell, int]
    group_movements: Mapping[Cell, int]
    group_result: Mapping[tuple[int, int], int]
    """Result of the year so far in EUR, by entity and period: a part of group_balances (account 2440)."""
    translation: Mapping[tuple[int, int], int]
    """What does not balance in EUR, by entity and period, debit positive."""


def trial_balances(world: World, ledger: Ledger) -> TrialBalances:
    """Add the ledger's totals up and translate them as the group does."""
    chart = chart_of_accounts()
    is_result = np.array([chart[code].is_profit_and_loss for code in ACCOUNTS])
    balances, movements, adjustments = {}, {}, {}
    running = np.zeros(ledger.totals.shape[2:], dtype=np.int64)
    for entity in range(len(ENTITIES)):
        running = ledger.totals[entity, 0].copy()
        for period in range(OPENING, world.calendar.period_count):
            year, place = divmod(period, 12)
            if period != OPENING:
                movement = ledger.totals[entity, year * PERIOD_SLOTS + place + 1]
                running = running + movement
                movements.update(_cells(entity, period, movement, is_result[:, None] & (movement != 0)))
            balances.update(_cells(entity, period, running, ~is_result[:, None] & (running != 0)))
            if period != OPENING:
                so_far = ledger.totals[entity, year * PERIOD_SLOTS + 1 : year * PERIOD_SLOTS + place + 2].sum(axis=0)
                balances[entity, period, RESULT_ACCOUNT, "00"] = int(so_far[is_result].sum())
                if place == 11:  # noqa: PLR2004 - the last period of the year
                    extra = ledger.totals[entity, year * PERIOD_SLOTS + ADJUSTMENT]
                    adjustments.update(_cells(entity, year, extra, extra != 0))
                    running = running + extra + ledger.totals[entity, year * PERIOD_SLOTS + ADJUSTMENT + 1]
    return _translated(world, balances, movements, adjustments)


def _cells(entity: int, period: int, amount: Ints, chosen: Bools) -> dict[Cell, int]:
    return {
        (entity, period, ACCOUNTS[code], DEPARTMENT_CODES[unit]): int(amount[code, unit])
        for code, unit in zip(*np.nonzero(chosen), strict=True)
    }


def closing_rate(world: World, currency: int, period: int) -> int:
    """Return the rate at the end of a period, of OPENING too."""
    day = OPENING_DAY if period == OPENING else int(world.calendar.month_ends[period])
    return int(world.rates.end_of_day[currency, day])


def _translated(
    world: World, balances: dict[Cell, int], movements: dict[Cell, int], adjustments: dict[Cell, int]
) -> TrialBalances:
    group_movements = {
        cell: half_away(amount * int(world.rates.month_average[ENTITIES[cell[0]].currency, cell[1]]), UNIT)
        for cell, amount in movements.items()
    }
    income: dict[tuple[int, int], int] = defaultdict(int)
    for (entity, period, _, _), amount in group_movements.items():
        income[entity, period] += amount
    result = {
        (entity, period): sum(income[entity, p] for p in range(period // 12 * 12, period + 1))
        for entity in range(len(ENTITIES))
        for period in range(world.calendar.period_count)
    }
    group_balances = {}
    translation: dict[tuple[int, int], int] = defaultdict(int)
    for (entity, period, code, unit), amount in balances.items():
        rate = closing_rate(world, ENTITIES[entity].currency, period)
        translated = result[entity, period] if code == RESULT_ACCOUNT else half_away(amount * rate, UNIT)
        group_balances[entity, period, code, unit] = translated
        translation[entity, period] -= translated
    return TrialBalances(
        world=world,
        balances=balances,
        movements=movements,
        adjustments=adjustments,
        group_balances=group_balances,
        group_movements=group_movements,
        group_result=result,
        translation=translation,
    )
