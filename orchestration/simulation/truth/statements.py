"""Statements of the entities, of the group before eliminations, the eliminations, and the group.

Amounts are debit positive by line until they are presented with the sign of their line; cash flows inflow positive.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from orchestration.simulation.books.contract import chart_of_accounts
from orchestration.simulation.books.ledger import currency_of
from orchestration.simulation.processes.affiliates import TransferOrders
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.setting.company import ENTITIES, PARENT
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.truth.balances import OPENING, TrialBalances, closing_rate
from orchestration.simulation.truth.rows import half_away

GROUP_NUMBER = len(ENTITIES)
"""The group, as an entity."""

Leaves = dict[tuple[int, int, str], int]
"""Amounts by entity, period and line without subtotals."""


@dataclass(frozen=True)
class Line:
    """A line of a statement; `sign` is that of its presentation of a debit."""

    statement: str
    code: str
    parent: str
    sign: int


@lru_cache
def statement_lines() -> dict[str, Line]:
    """Return the lines by code, in the order of the statements."""
    with (Path(__file__).parent / "statement_lines.csv").open(encoding="utf-8", newline="") as handle:
        return {
            row["line_code"]: Line(row["statement"], row["line_code"], row["parent_line_code"], int(row["sign"]))
            for row in csv.DictReader(handle)
        }


@dataclass(frozen=True)
class Statements:
    """Lines with subtotals, presented, by (entity, period, line); the group (GROUP_NUMBER) is before eliminations."""

    amounts: dict[tuple[int, int, str], int]
    eliminated: dict[tuple[int, str], int]
    """By period and line, presented."""
    eliminations: dict[tuple[int, str, str], int]
    """By period, elimination and line, debit positive."""


def statements(company: Company, balances: TrialBalances) -> Statements:
    """Return all statements of all periods."""
    own, translated = _leaves(balances)
    flows, translated_flows = _cash_flows(company, balances, own, translated)
    group: Leaves = defaultdict(int)
    for leaves in (translated, translated_flows):
        for (_, period, code), amount in leaves.items():
            group[GROUP_NUMBER, period, code] += amount
    for (_, period), amount in balances.translation.items():
        group[GROUP_NUMBER, period, "translation_adjustment"] += amount
    amounts = {}
    for (entity, period, code), amount in _with_parents({**own, **flows, **group}).items():
        line = statement_lines()[code]
        amounts[entity, period, code] = amount if line.statement == "cash_flow" else line.sign * amount
    eliminations = _eliminations(company, translated)
    eliminated: Leaves = defaultdict(int)
    for (period, _, code), amount in eliminations.items():
        eliminated[GROUP_NUMBER, period, code] += amount
    presented = {
        (period, code): statement_lines()[code].sign * amount
        for (_, period, code), amount in _with_parents(eliminated).items()
    }
    return Statements(amounts, presented, eliminations)


def _with_parents(leaves: Leaves) -> Leaves:
    total: Leaves = defaultdict(int)
    for (entity, period, code), amount in leaves.items():
        line = code
        while line:
            total[entity, period, line] += amount
            line = statement_lines()[line].parent
    return total


def _leaves(balances: TrialBalances) -> tuple[Leaves, Leaves]:
    """Return the lines of profit and loss and balance sheet by entity, as posted and in EUR."""
    chart = chart_of_accounts()
    own: Leaves = defaultdict(int)
    translated: Leaves = defaultdict(int)
    for cells, in_group in (
        (balances.balances, balances.group_balances),
        (balances.movements, balances.group_movements),
    ):
        for cell, amount in cells.items():
            entity, period, code, _ = cell
            own[entity, period, chart[code].line_code] += amount
            translated[entity, period, chart[code].line_code] += in_group[cell]
    return own, translated


def _cash_flows(company: Company, balances: TrialBalances, own: Leaves, translated: Leaves) -> tuple[Leaves, Leaves]:
    """Indirect method: each balance-sheet account but cash is in one line; flows are translated at average rates."""
    world, chart = company.world, chart_of_accounts()
    held: Leaves = defaultdict(int)
    for (entity, period, code, _), amount in balances.balances.items():
        held[entity, period, chart[code].cash_flow_line_code] += amount
    lines = sorted({line for _, _, line in held if line})
    flows: Leaves = {}
    group: Leaves = {}
    for entity, about in enumerate(ENTITIES):
        for period in range(world.calendar.period_count):
            rate = int(world.rates.month_average[about.currency, period])
            change = {line: held[entity, period - 1, line] - held[entity, period, line] for line in lines}
            in_group = {line: half_away(amount * rate, UNIT) for line, amount in change.items()}
            _move(change, own, entity, period)
            _move(in_group, translated, entity, period)
            cash = translated[entity, period, "cash"] - translated[entity, period - 1, "cash"]
            in_group["cf_currency_effect"] = cash - sum(in_group.values())
            flows.update({(entity, period, line): amount for line, amount in change.items()})
            group.update({(entity, period, line): amount for line, amount in in_group.items()})
    return flows, group


def _move(change: dict[str, int], leaves: Leaves, entity: int, period: int) -> None:
    """Move net income, depreciation and results of asset sales to operations, as pairs of lines that cancel out."""
    income = -sum(
        leaves.get((entity, period, line.code), 0)
        for line in statement_lines().values()
        if line.statement == "profit_and_loss"
    )
    depreciation = leaves.get((entity, period, "depreciation_and_amortisation"), 0)
    loss = leaves.get((entity, period, "gain_on_asset_sales"), 0)
    for to, out_of, amount in (
        ("cf_net_income", "cf_owners", income),
        ("cf_depreciation_and_amortisation", "cf_capital_expenditure", depreciation),
        ("cf_loss_on_asset_sales", "cf_asset_sales", loss),
    ):
        change[to] = change.get(to, 0) + amount
        change[out_of] = change.get(out_of, 0) - amount


def _eliminations(company: Company, translated: Leaves) -> dict[tuple[int, str, str], int]:
    """Return what goes out of the sum of the entities, by period, elimination and line."""
    periods = range(OPENING, company.world.calendar.period_count)
    entities = range(len(ENTITIES))
    profit = {period: _unrealised_profit(company, period) for period in periods}
    result: dict[tuple[int, str, str], int] = {}
    for period in periods:
        owed = sum(translated.get((e, period, "intercompany_payables"), 0) for e in entities)
        due = sum(translated.get((e, period, "intercompany_receivables"), 0) for e in entities)
        result[period, "intercompany_balances", "intercompany_receivables"] = -due
        result[period, "intercompany_balances", "intercompany_payables"] = -owed
        result[period, "intercompany_balances", "translation_adjustment"] = due + owed
        shares = translated[PARENT, period, "other_assets"]
        capital = sum(
            half_away(-translated[e, period, "additional_paid_in_capital"] * ENTITIES[e].ownership_basis_points, 10_000)
            for e in entities
            if e != PARENT
        )
        result[period, "shares_in_affiliates", "other_assets"] = -shares
        result[period, "shares_in_affiliates", "additional_paid_in_capital"] = capital
        result[period, "shares_in_affiliates", "translation_adjustment"] = shares - capital
        start = OPENING if period == OPENING else period // 12 * 12 - 1
        result[period, "unrealised_profit", "finished_goods"] = -profit[period]
        result[period, "unrealised_profit", "prior_year_retained_earnings"] = profit[start]
        result[period, "unrealised_profit", "current_retained_earnings"] = profit[period] - profit[start]
        if period == OPENING:
            continue
        sales = sum(translated.get((e, period, "intercompany_sales"), 0) for e in entities)
        result[period, "intercompany_sales", "intercompany_sales"] = -sales
        result[period, "intercompany_sales", "standard_cost_of_sales"] = sales
        result[period, "unrealised_profit", "standard_cost_of_sales"] = profit[period] - profit[period - 1]
    return {key: amount for key, amount in result.items() if amount}


def _unrealised_profit(company: Company, period: int) -> int:
    """Sellers' margin in what the buyers have in stock or in transit at the end of a period, at closing rates."""
    world, master = company.world, company.world.master
    finished = master.finished_count
    maker = master.owner[:finished]
    margin_by_year = master.transfer_price - master.standard_material - master.standard_conversion
    total = 0
    for buyer in range(len(ENTITIES)):
        day = _end(company, buyer, period)
        units = company.stock.balance[buyer, :finished, day] + _in_transit(company.trade, buyer, day, finished)
        margin = units * margin_by_year[max(period, 0) // 12] * (maker != buyer)
        for seller in np.unique(maker):
            currency = int(currency_of(np.array([seller]))[0])
            amount = int(margin[maker == seller].sum())
            total += half_away(amount * closing_rate(world, currency, period), UNIT)
    return total


def _end(company: Company, entity: int, period: int) -> int:
    calendar = company.world.calendar
    return int(calendar.period_starts[entity, 0] - 1 if period == OPENING else calendar.period_ends[entity, period])


def _in_transit(trade: TransferOrders, buyer: int, day: int, products: int) -> Ints:
    units = np.zeros(products, dtype=np.int64)
    on_its_way = trade.is_shipped & (trade.buyer[trade.order] == buyer) & (trade.shipped <= day) & (trade.arrival > day)
    np.add.at(units, trade.product[on_its_way], trade.quantity[on_its_way])
    return units
