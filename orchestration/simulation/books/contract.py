"""What the simulated company delivers: the YAML and CSV files of this folder, read.

What the tables, rules and accounts mean belongs in those files; filling them belongs in the processes' modules.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Column:
    """One column of an output table; `kind` is a DuckDB type."""

    name: str
    kind: str
    is_nullable: bool
    description: str


@dataclass(frozen=True)
class Table:
    """One output table. `delivery` is snapshot (one file), dated (a file per month or day of entered_on) or truth."""

    name: str
    description: str
    grain: str
    key: tuple[str, ...]
    delivery: Literal["snapshot", "dated", "truth"]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class PostingRule:
    """One line of a journal that an event makes: an account, a side, and which of the event's amounts.

    `account_code` and `department_code` starting with $ name a column of the event. `currency` is transaction (amounts
    in both currencies), entity (the entity's alone) or difference (nothing in the transaction's currency).
    """

    event: str
    event_number: int
    line: int
    account_code: str
    side: Literal["debit", "credit"]
    amount: str
    currency: Literal["transaction", "entity", "difference"]
    department_code: str
    has_partner: bool
    has_product: bool
    meaning: str

    @property
    def sign(self) -> int:
        """1 for debit, -1 for credit."""
        return 1 if self.side == "debit" else -1


@dataclass(frozen=True)
class Account:
    """One account of the chart of accounts."""

    code: str
    name: str
    kind: str
    parent_code: str
    is_posting: bool
    line_code: str
    cash_flow_line_code: str

    @property
    def is_profit_and_loss(self) -> bool:
        """Closed to retained earnings at the end of the year."""
        return self.is_posting and self.code[0] in "4567"


@lru_cache
def output_tables() -> dict[str, Table]:
    """Return the tables that are delivered, by name, in the order of the contract."""
    return _tables("tables.yaml")


@lru_cache
def truth_tables() -> dict[str, Table]:
    """Return the truth files, by name."""
    return _tables("truth_tables.yaml")


@lru_cache
def posting_rules() -> tuple[PostingRule, ...]:
    """Return the posting rules, in the order of the table."""
    return tuple(
        PostingRule(
            event=row["event"],
            event_number=int(row["event_number"]),
            line=int(row["line"]),
            account_code=row["account_code"],
            side="debit" if row["side"] == "debit" else "credit",
            amount=row["amount"],
            currency=_currency(row["currency"]),
            department_code=row["department_code"],
            has_partner=bool(row["partner"]),
            has_product=bool(row["product"]),
            meaning=row["meaning"],
        )
        for row in _rows("posting_rules.csv")
    )


@lru_cache
def chart_of_accounts() -> dict[str, Account]:
    """Return the accounts by code."""
    return {
        row["account_code"]: Account(
            code=row["account_code"],
            name=row["account_name"],
            kind=row["account_type"],
            parent_code=row["parent_account_code"],
            is_posting=row["is_posting_account"] == "true",
            line_code=row["statement_line_code"],
            cash_flow_line_code=row["cash_flow_line_code"],
        )
        for row in _rows("chart_of_accounts.csv")
    }


def _currency(text: str) -> Literal["transaction", "entity", "difference"]:
    if text not in ("transaction", "entity", "difference"):
        raise ValueError(f"posting_rules.csv: {text!r} is not a currency of a posting rule")
    return text  # type: ignore[return-value]


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _tables(name: str) -> dict[str, Table]:
    said = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return {
        table: Table(
            name=table,
            description=about["description"],
            grain=about["grain"],
            key=tuple(about["key"]),
            delivery=about.get("delivery", "truth"),
            columns=tuple(_column(column, text) for column, text in about["columns"].items()),
        )
        for table, about in said.items()
    }


def _column(name: str, text: str) -> Column:
    kind, _, description = text.partition(" | ")
    return Column(name, kind.rstrip("?"), kind.endswith("?"), description)
