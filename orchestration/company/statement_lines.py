"""Statement layouts: the lines of the statements, read from a CSV and checked. A layout is data; leaves carry roles."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.company.company_yaml import OWN_LAYOUT, Company
from orchestration.company.csv_rows import CsvFile, CsvRow, read_csv
from orchestration.company.errors import Fault
from orchestration.settings import PRODUCT

LAYOUTS = PRODUCT / "systems" / "layouts"
STATEMENTS = ("profit_and_loss", "balance_sheet", "cash_flow")
COLUMNS = (
    "statement",
    "line_code",
    "parent_line_code",
    "line_name",
    "line_order",
    "line_level",
    "is_subtotal",
    "presentation_sign",
    "role",
)


@dataclass(frozen=True)
class StatementLine:
    """A line of a statement. `presentation_sign` turns a debit-positive amount into what is shown."""

    statement: str
    line_code: str
    parent_line_code: str | None
    line_name: str
    line_order: int
    line_level: int
    is_subtotal: bool
    presentation_sign: int
    role: str | None
    line: int
    """Its line in the file."""


@lru_cache
def roles() -> dict[str, dict[str, bool]]:
    """Return the roles of each statement, and whether derived amounts go to the one line that has it."""
    content = yaml.safe_load((Path(__file__).parent / "roles.yaml").read_text(encoding="utf-8"))
    return {
        statement: {role: bool(about.get("unique")) for role, about in known.items()}
        for statement, known in content.items()
    }


def layout_file(company: Company) -> Path:
    """Return the CSV of the company's statement layout: one of the product's or its own."""
    if company.layout == OWN_LAYOUT:
        return company.folder / "statements.csv"
    return LAYOUTS / f"{company.layout}.csv"


@lru_cache
def product_layout(name: str) -> tuple[StatementLine, ...]:
    """Return the lines of one of the product's layouts."""
    return tuple(read_layout(LAYOUTS / f"{name}.csv")[0])


def product_lines() -> list[StatementLine]:
    """Return the lines of all of the product's layouts."""
    return [line for file in sorted(LAYOUTS.glob("*.csv")) for line in product_layout(file.stem)]


def read_layout(file: Path) -> tuple[list[StatementLine], list[Fault]]:
    """Return the lines of a layout that could be read, and all that is wrong with it."""
    content = read_csv(file, COLUMNS, ())
    faults = list(content.faults)
    lines: list[StatementLine] = []
    for row in content.rows:
        wrong = list(_cell_faults(content, row))
        faults += wrong
        if not wrong:
            lines.append(_line(row))
    if not faults:
        faults += _structure_faults(file, lines)
    return lines, faults


def _line(row: CsvRow) -> StatementLine:
    return StatementLine(
        statement=row.get("statement") or "",
        line_code=row.get("line_code") or "",
        parent_line_code=row.get("parent_line_code"),
        line_name=row.get("line_name") or "",
        line_order=int(row.get("line_order") or 0),
        line_level=int(row.get("line_level") or 0),
        is_subtotal=row.get("is_subtotal") == "true",
        presentation_sign=int(row.get("presentation_sign") or 0),
        role=row.get("role"),
        line=row.line,
    )


def _cell_faults(content: CsvFile, row: CsvRow) -> Iterator[Fault]:
    allowed = {
        "statement": STATEMENTS,
        "is_subtotal": ("true", "false"),
        "presentation_sign": ("1", "-1"),
    }
    for column in (name for name in COLUMNS if name not in {"parent_line_code", "role"}):
        value = row.get(column)
        if value is None:
            yield Fault(content.file, row.line, f"{column}: is empty")
        elif column in allowed and value not in allowed[column]:
            yield Fault(content.file, row.line, f"{column}: is {value!r}; allowed: {', '.join(allowed[column])}")
        elif column in {"line_order", "line_level"} and not value.isdecimal():
            yield Fault(content.file, row.line, f"{column}: is {value!r}; allowed: a whole number")


def _structure_faults(file: Path, lines: list[StatementLine]) -> Iterator[Fault]:
    by_code: dict[str, StatementLine] = {}
    parents = {line.parent_line_code for line in lines}
    for line in lines:
        if line.line_code in by_code:
            first = by_code[line.line_code].line
            yield Fault(file, line.line, f"line_code: {line.line_code} is that of line {first} too; codes are unique")
        by_code.setdefault(line.line_code, line)
    for line in lines:
        parent = by_code.get(line.parent_line_code or "")
        if line.parent_line_code and parent is None:
            yield Fault(file, line.line, f"parent_line_code: there is no line {line.parent_line_code!r}")
        elif parent and (not parent.is_subtotal or parent.statement != line.statement):
            yield Fault(file, line.line, f"parent_line_code: {parent.line_code} is no subtotal of the {line.statement}")
        elif cycle := _cycle(line, by_code):
            yield Fault(file, line.line, f"parent_line_code: the line is its own ancestor: {' → '.join(cycle)}")
        if line.is_subtotal and line.line_code not in parents:
            yield Fault(file, line.line, f"is_subtotal: {line.line_code} is the parent of no line, so it sums nothing")
        yield from _role_faults(file, line)
    yield from _unique_roles(file, lines)


def _cycle(line: StatementLine, by_code: dict[str, StatementLine]) -> list[str]:
    path = [line.line_code]
    while (above := by_code[path[-1]].parent_line_code) is not None and above in by_code:
        if above == path[0]:
            return [*path, above]
        if above in path:
            return []  # that cycle is told at its own lines
        path.append(above)
    return []


def _role_faults(file: Path, line: StatementLine) -> Iterator[Fault]:
    known = roles()[line.statement]
    if line.is_subtotal:
        if line.role:
            yield Fault(file, line.line, f"role: a subtotal has none, and {line.line_code} has {line.role!r}")
    elif line.role is None:
        yield Fault(file, line.line, f"role: {line.line_code} has none; allowed: {', '.join(known)}")
    elif line.role not in known:
        yield Fault(file, line.line, f"role: {line.role!r} is not known; allowed: {', '.join(known)}")


def _unique_roles(file: Path, lines: list[StatementLine]) -> Iterator[Fault]:
    counts = Counter(line.role for line in lines if line.role)
    present = {line.statement for line in lines}
    for statement in STATEMENTS[:2]:
        if statement not in present:
            yield Fault(file, None, f"has no line of the {statement}; a layout has it")
    for statement in present:
        for role in (role for role, is_unique in roles()[statement].items() if is_unique):
            if counts[role] == 0:
                yield Fault(file, None, f"no line has the role {role}, which derived amounts of the {statement} go to")
            for line in [line for line in lines if line.role == role][1:]:
                yield Fault(file, line.line, f"role: another line has {role} too; derived amounts go to one line")
