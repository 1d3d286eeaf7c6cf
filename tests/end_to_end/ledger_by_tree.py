"""The demo company's statements by another path: its own account tree and operators, in plain Python decimals.

Nothing of the warehouse is used: no account map, no statement structure, no dbt. An account's amount is what was posted to
it plus its children's amounts, each added or subtracted as the child's operator says.
"""

from collections import defaultdict
from decimal import Decimal

import duckdb

ACCOUNTS = {
    "net_sales": "Net Sales",
    "cost_of_sales": "Total Cost of Sales",
    "gross_margin": "Gross Margin",
    "operating_expenses": "Operating Expenses",
    "operating_profit": "Operating Profit",
    "net_income": "Net Income",
    "trade_receivables": "Trade Receivables",
    "inventory": "Inventory",
    "trade_payables": "Accounts Payable",
    "current_assets": "Current Assets",
    "current_liabilities": "Current Liabilities",
    "total_assets": "Assets",
    "total_liabilities_and_equity": "Liabilities and Owners Equity",
}
"""A line of the mart's statements, and the account of the source's tree that is the same thing."""


class Ledger:
    """The ledger extract as posted amounts by account, organisation and closing date."""

    def __init__(self, sources: duckdb.DuckDBPyConnection) -> None:
        tree = sources.execute(
            'select "AccountKey", "ParentAccountKey", "AccountDescription", "Operator" from "DimAccount"'
        ).fetchall()
        self._key = {name: key for key, _, name, _ in tree if not (name == "Other Assets" and key > 50)}
        self._children: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for key, parent, _, operator in tree:
            if parent is not None:
                self._children[parent].append((key, operator))
        self._posted: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
        rows = sources.execute(
            'select "DateKey", "OrganizationKey", "AccountKey", cast("Amount" as varchar) from "FactFinance" '
            'where "ScenarioKey" = 1'
        ).fetchall()
        for date, organization, account, amount in rows:
            self._posted[date, organization, account] += Decimal(amount)
        self.closings = sorted({date for date, _, account in self._posted if account == self._key["Cash"]})
        self.organizations = sorted({organization for _, organization, _ in self._posted})

    def has(self, date: int, organization: int) -> bool:
        """Return whether the organisation has balances on the date."""
        return (date, organization, self._key["Cash"]) in self._posted

    def amount(self, line_code: str, date: int, organization: int) -> Decimal:
        """Return a statement line's amount, as the source's tree rolls it up."""
        return self._rolled_up(self._key[ACCOUNTS[line_code]], date, organization)

    def _rolled_up(self, account: int, date: int, organization: int) -> Decimal:
        total = self._posted.get((date, organization, account), Decimal(0))
        for child, operator in self._children[account]:
            part = self._rolled_up(child, date, organization)
            total += -part if operator == "-" else part if operator == "+" else Decimal(0)
        return total
