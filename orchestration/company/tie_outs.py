"""The rules of what must tie: the product's, and what a company says otherwise or more in its `tie_outs.csv`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.company.csv_rows import CsvRow, read_csv
from orchestration.company.errors import Fault
from orchestration.company.statement_lines import StatementLine

DEFAULTS = Path(__file__).parent / "tie_outs.csv"
_COLUMNS = (
    "tie_out_name",
    "amount_a_name",
    "amount_b_name",
    "is_expected_to_tie",
    "tolerance",
    "tolerance_reason",
    "owner",
    "explanation",
)
_OF_COMPANY = ("off_reason", "line_code", "channel")


@dataclass(frozen=True)
class TieOutRule:
    """Two amounts that should agree (it blocks publishing when they do not), or that a reader may think do."""

    tie_out_id: str
    tie_out_name: str
    amount_a_name: str
    amount_b_name: str
    is_expected_to_tie: bool
    tolerance: Decimal
    tolerance_reason: str | None
    owner: str | None
    explanation: str | None
    off_reason: str | None
    """Why the company has switched the rule off."""
    line_code: str | None
    channel: str | None
    """A rule of the company's own: a line of its statements, and the orders of a channel."""
    needs: tuple[tuple[str, ...], ...]
    """The tables of the contract that it needs; of alternatives one."""


def read_tie_outs(file: Path, lines: Sequence[StatementLine]) -> tuple[list[TieOutRule], list[Fault]]:
    """Return all rules for a company, and what is wrong with its file; without a file, the product's rules.

    A row with the id of one of the product's rules changes the cells that it fills, or switches the rule off. `lines`
    are those of the company's layout.
    """
    rules = {row.get("tie_out_id") or "": row for row in read_csv(DEFAULTS, ("tie_out_id", *_COLUMNS, "needs")).rows}
    products = set(rules)
    faults: list[Fault] = []
    if file.is_file():
        content = read_csv(file, ("tie_out_id",), (*_COLUMNS, *_OF_COMPANY))
        faults += content.faults
        codes = {line.line_code for line in lines}
        seen: dict[str, int] = {}
        for row in content.rows:
            rule_id = row.get("tie_out_id")
            if rule_id is None:
                faults.append(Fault(file, row.line, "tie_out_id: is empty"))
                continue
            if rule_id in seen:
                faults.append(Fault(file, row.line, f"tie_out_id: {rule_id} stands on line {seen[rule_id]} already"))
                continue
            seen[rule_id] = row.line
            values = dict(rules[rule_id].values) if rule_id in rules else {}
            values |= {name: value for name, value in row.values.items() if value is not None}
            rules[rule_id] = CsvRow(row.line, values)
            faults += _faults(file, rules[rule_id])
            faults += _product_faults(file, row) if rule_id in products else _own_faults(file, row, products, codes)
    return ([] if faults else [_rule(row) for row in rules.values()]), faults


def _faults(file: Path, row: CsvRow) -> Iterator[Fault]:
    for column in ("tie_out_name", "amount_a_name", "amount_b_name", "is_expected_to_tie"):
        if row.get(column) is None:
            yield Fault(file, row.line, f"{column}: is empty, and the product has no rule of this id")
    if row.get("is_expected_to_tie") not in {None, "true", "false"}:
        yield Fault(file, row.line, f"is_expected_to_tie: is {row.get('is_expected_to_tie')!r}; allowed: true, false")
    tolerance = row.get("tolerance") or "0"
    try:
        number = Decimal(tolerance)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        yield Fault(file, row.line, f"tolerance: is {tolerance!r}; allowed: an amount of 0 or more")
    elif number > 0 and row.get("tolerance_reason") is None:
        yield Fault(file, row.line, "tolerance_reason: a tolerance needs a reason")


def _product_faults(file: Path, row: CsvRow) -> Iterator[Fault]:
    for column in ("line_code", "channel"):
        if row.get(column) is not None:
            yield Fault(file, row.line, f"{column}: is for rules of your own; the product says what this one compares")


def _own_faults(file: Path, row: CsvRow, products: set[str], codes: set[str]) -> Iterator[Fault]:
    if row.get("line_code") is None or row.get("channel") is None:
        yield Fault(
            file,
            row.line,
            "line_code, channel: a rule of your own compares a line of the statements with the orders of a channel; "
            f"the product's rules are {', '.join(sorted(products))}",
        )
    elif row.get("line_code") not in codes:
        yield Fault(file, row.line, f"line_code: {row.get('line_code')} is no line of the company's layout")


def _rule(row: CsvRow) -> TieOutRule:
    own = "sales_order_line" if row.get("channel") else ""
    return TieOutRule(
        tie_out_id=row.get("tie_out_id") or "",
        tie_out_name=row.get("tie_out_name") or "",
        amount_a_name=row.get("amount_a_name") or "",
        amount_b_name=row.get("amount_b_name") or "",
        is_expected_to_tie=row.get("is_expected_to_tie") == "true",
        tolerance=Decimal(row.get("tolerance") or 0),
        tolerance_reason=row.get("tolerance_reason"),
        owner=row.get("owner"),
        explanation=row.get("explanation"),
        off_reason=row.get("off_reason"),
        line_code=row.get("line_code"),
        channel=row.get("channel"),
        needs=tuple(tuple(need.split("|")) for need in (row.get("needs") or own).split()),
    )
