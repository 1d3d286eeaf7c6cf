"""What a company says of its accounts (`accounts.csv`), and what a ready system says of accounts by prefix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.company.csv_rows import CsvRow, read_csv
from orchestration.company.errors import Fault
from orchestration.company.statement_lines import StatementLine

CURRENCY_METHODS = ("closing", "average", "historical", "none")
_OPTIONAL = (
    "account_id",
    "credit_line_code",
    "cash_flow_line_code",
    "currency_method",
    "is_intercompany",
    "note",
    "source_system",
)
_DERIVED_ROLES = {
    "cf_result": "the result is taken from profit and loss; an account of equity is on the line of the owners",
    "cf_depreciation": "depreciation is taken from profit and loss, and out of the purchases of fixed assets; "
    "accumulated depreciation is on the line of these purchases, as the assets are",
    "cf_asset_sales_result": "the result of asset sales is taken from profit and loss; assets are on the line of their "
    "purchases",
    "cf_joined": "it holds the cash of entities that join and leave",
    "cf_currency": "it holds what exchange rates do to cash",
}
"""Roles of lines of the cash flow that the product fills by itself; an account there would be counted twice."""
_RULE_OPTIONAL = ("credit_line_code", "cash_flow_line_code", "currency_method", "note")


@dataclass(frozen=True)
class Account:
    """What an account means. Without a line it is in no statement, and `tieout check` asks for one."""

    source_system: str | None
    account_id: str | None
    """The system's id of it; without it the code names it, if it is of one account only."""
    account_code: str | None
    line_code: str | None
    credit_line_code: str | None
    """The line of the balance sheet for a balance in credit, where that is another than `line_code`."""
    cash_flow_line_code: str | None
    currency_method: str | None
    is_intercompany: bool
    note: str | None
    line: int


@dataclass(frozen=True)
class AccountRule:
    """What the accounts of a system mean whose code begins so; the longest prefix wins, a code wins over all."""

    source_system: str | None
    account_prefix: str
    line_code: str
    credit_line_code: str | None
    cash_flow_line_code: str | None
    currency_method: str | None
    note: str | None


def read_accounts(file: Path, lines: Sequence[StatementLine]) -> tuple[list[Account], list[Fault]]:
    """Return the accounts of a company's accounts.csv, none where there is no file, and all that is wrong with it."""
    if not file.is_file():
        return [], []
    content = read_csv(file, ("account_code", "line_code"), _OPTIONAL)
    faults = list(content.faults)
    accounts: list[Account] = []
    first: dict[tuple[str | None, ...], int] = {}
    for row in content.rows:
        identity, code = row.get("account_id"), row.get("account_code")
        if identity is None and code is None:
            faults.append(Fault(file, row.line, "account_code: is empty, and no account_id is given"))
            continue
        key = (row.get("source_system"), identity, None if identity else code)
        if key in first:
            named = f"account_id: {identity}" if identity else f"account_code: {code}"
            faults.append(Fault(file, row.line, f"{named} stands on line {first[key]} already; give it one row"))
            continue
        first[key] = row.line
        faults += _line_faults(file, row, lines)
        is_intercompany = row.get("is_intercompany") or "false"
        if is_intercompany not in {"true", "false"}:
            faults.append(Fault(file, row.line, f"is_intercompany: is {is_intercompany!r}; allowed: true, false"))
        accounts.append(
            Account(
                source_system=row.get("source_system"),
                account_id=identity,
                account_code=code,
                line_code=row.get("line_code"),
                credit_line_code=row.get("credit_line_code"),
                cash_flow_line_code=row.get("cash_flow_line_code"),
                currency_method=row.get("currency_method"),
                is_intercompany=is_intercompany == "true",
                note=row.get("note"),
                line=row.line,
            )
        )
    return accounts, faults


def read_account_rules(
    file: Path, source_system: str | None, lines: Sequence[StatementLine]
) -> tuple[list[AccountRule], list[Fault]]:
    """Return the rules by prefix of a ready system's map, and all that is wrong with it for this layout."""
    content = read_csv(file, ("account_prefix", "line_code"), _RULE_OPTIONAL)
    faults = list(content.faults)
    rules: list[AccountRule] = []
    first: dict[str, int] = {}
    for row in content.rows:
        prefix, line_code = row.get("account_prefix"), row.get("line_code")
        if prefix is None or line_code is None:
            faults.append(Fault(file, row.line, "account_prefix and line_code must both be given"))
            continue
        if prefix in first:
            faults.append(Fault(file, row.line, f"account_prefix: {prefix} stands on line {first[prefix]} already"))
            continue
        first[prefix] = row.line
        faults += _line_faults(file, row, lines)
        rules.append(
            AccountRule(
                source_system,
                prefix,
                line_code,
                row.get("credit_line_code"),
                row.get("cash_flow_line_code"),
                row.get("currency_method"),
                row.get("note"),
            )
        )
    return rules, faults


def _line_faults(file: Path, row: CsvRow, lines: Sequence[StatementLine]) -> Iterator[Fault]:
    leaves = {line.line_code: line.statement for line in lines if not line.is_subtotal}
    derived = {line.line_code: line.role for line in lines if line.role in _DERIVED_ROLES}
    subtotals = {line.line_code for line in lines if line.is_subtotal}
    for column, statements in (
        ("line_code", ("profit_and_loss", "balance_sheet")),
        ("credit_line_code", ("balance_sheet",)),
        ("cash_flow_line_code", ("cash_flow",)),
    ):
        code = row.get(column)
        if code in derived and leaves[code] in statements:
            yield Fault(
                file, row.line, f"{column}: {code!r} is filled by the product: {_DERIVED_ROLES[str(derived[code])]}"
            )
        if code is None or leaves.get(code) in statements:
            continue
        if code in subtotals:
            what = "is a subtotal; allowed is a line that nothing is summed into"
        elif code in leaves:
            what = f"is a line of the {leaves[code]}; allowed is one of the {' or '.join(statements)}"
        else:
            close = _alike(code, [leaf for leaf, statement in leaves.items() if statement in statements])
            what = f"is no line of the layout{close}"
        yield Fault(file, row.line, f"{column}: {code!r} {what}")
    if row.get("credit_line_code") is not None and leaves.get(row.get("line_code") or "") == "profit_and_loss":
        why = "is the line of a balance in credit, and an account of the profit_and_loss has none"
        yield Fault(file, row.line, f"credit_line_code: {row.get('credit_line_code')!r} {why}")
    method = row.get("currency_method")
    if method is not None and method not in CURRENCY_METHODS:
        yield Fault(file, row.line, f"currency_method: is {method!r}; allowed: {', '.join(CURRENCY_METHODS)}")


def _alike(code: str, allowed: Sequence[str]) -> str:
    import difflib  # noqa: PLC0415 - only where something is wrong

    near = difflib.get_close_matches(code, allowed, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else f"; allowed: {', '.join(allowed)}"
