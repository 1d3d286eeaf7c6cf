"""From the fields of the contract to the KPIs and statements: which of them a company's data can carry, and what lacks.

Derived from what its mapping models give, the lines that its accounts have, and what each measure of the dictionary is
made of. The idea is Tuva's crosswalk_field_to_mart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.company.contract import contract
from orchestration.company.statement_lines import StatementLine
from orchestration.kpis.dictionary import Dictionary, KpiDefinition, Measure, Needs, Term

LEDGER: tuple[Needs, ...] = (
    {"journal_line": ("entity_id", "posted_on", "account_code", "amount")},
    {"reported_balance": ("entity_id", "closing_on", "account_code", "amount")},
)
BUDGET: tuple[Needs, ...] = (
    {"budget_line": ("entity_id", "period_id", "account_code", "amount")},
    {"budget_line": ("entity_id", "budgeted_on", "account_code", "amount")},
)


@dataclass(frozen=True)
class Carried:
    """A KPI or a statement: whether a company's data can carry it, and if not, which fields lack."""

    kind: str
    id: str
    name: str
    area: str
    fields: tuple[str, ...]
    """What it is made of, `table.column`."""
    missing: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        """Whether nothing lacks."""
        return not self.missing


def crosswalk(
    supplied: Mapping[str, set[str]],
    dictionary: Dictionary,
    lines: Sequence[StatementLine],
    used_lines: set[str] | None,
) -> list[Carried]:
    """Return the statements and KPIs with what each of them lacks.

    `supplied` are the columns that mapping models give, by table of the contract. `used_lines` are the lines that an
    account has; None where the accounts' lines are not known.
    """
    reached = _reached(lines, used_lines) if used_lines is not None else None
    in_layout = {line.line_code for line in lines}
    measures = {measure.id: measure for measure in dictionary.measures}
    kpis = {definition.id: definition for definition in dictionary.kpis}
    found = [*_statements(supplied, reached, lines)]
    for definition in dictionary.kpis:
        fields, missing = _of_kpi(definition, kpis, measures, supplied, reached, in_layout)
        found.append(
            Carried(
                "kpi", definition.id, definition.name, definition.area, tuple(fields), tuple(dict.fromkeys(missing))
            )
        )
    return found


def page(carried: Sequence[Carried], supplied: Mapping[str, set[str]], company: str) -> str:
    """Return the crosswalk as a page in Markdown."""
    there = sum(one.is_there for one in carried)
    lines = [
        f"# What the data of {company} can carry",
        "",
        f"{there} of {len(carried)} statements and KPIs. Made by `tieout check --page`; a field is a column of the",
        "contract that a mapping model gives.",
        "",
        "| statement or KPI | area | there | lacks |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.name} (`{one.id}`) | {one.area} | {'yes' if one.is_there else 'no'} | {', '.join(one.missing)} |"
        for one in carried
    ]
    lines += ["", "## From fields to KPIs", "", "| field | given | needed by |", "|---|---|---|"]
    needed: dict[str, list[str]] = {}
    for one in carried:
        for field in one.fields:
            needed.setdefault(field, []).append(one.id)
    for field in sorted(needed, key=_place_in_contract):
        given = "yes" if _has(supplied, *field.split(".")) else "no"
        lines.append(f"| `{field}` | {given} | {', '.join(needed[field])} |")
    return "\n".join(lines) + "\n"


def summary(carried: Sequence[Carried]) -> list[str]:
    """Return the crosswalk as lines for a terminal: what is there, and what lacks for the rest."""
    there = [one for one in carried if one.is_there]
    lines = [f"{len(there)} of {len(carried)} statements and KPIs can be made of these data."]
    lacking: dict[tuple[str, ...], list[str]] = {}
    for one in carried:
        if not one.is_there:
            lacking.setdefault(one.missing, []).append(one.id)
    for missing, ids in sorted(lacking.items(), key=lambda item: -len(item[1])):
        lines.append(f"  without {', '.join(missing)}: {', '.join(ids)}")
    return lines


def _statements(
    supplied: Mapping[str, set[str]], reached: set[str] | None, lines: Sequence[StatementLine]
) -> Iterator[Carried]:
    fields, missing = _best(LEDGER, supplied)
    for statement in dict.fromkeys(line.statement for line in lines):
        codes = {line.line_code for line in lines if line.statement == statement}
        lacks = list(missing)
        # Most of the cash flow is derived, so accounts without a cash-flow line do not hinder it.
        if reached is not None and statement != "cash_flow" and not codes & reached:
            lacks.append(f"accounts with a line of the {statement.replace('_', ' ')}")
        name = statement.replace("_", " ").capitalize()
        yield Carried("statement", statement, name, "statements", tuple(fields), tuple(lacks))
    fields, missing = _best(BUDGET, supplied)
    yield Carried("statement", "budget", "Budget beside actuals", "statements", tuple(fields), tuple(missing))


def _of_kpi(
    definition: KpiDefinition,
    kpis: Mapping[str, KpiDefinition],
    measures: Mapping[str, Measure],
    supplied: Mapping[str, set[str]],
    reached: set[str] | None,
    in_layout: set[str],
) -> tuple[list[str], list[str]]:
    fields: list[str] = []
    missing: list[str] = []
    for component in definition.components:
        more, lacks = _of_kpi(kpis[component.kpi], kpis, measures, supplied, reached, in_layout)
        fields += more
        missing += lacks
    for side in (definition.numerator, definition.denominator):
        if not side:
            continue
        # What is no measure here is a line that only another layout has.
        of_lines = [
            term.measure
            for term in side
            if not (known := measures.get(term.measure)) or not (known.needs or known.roles)
        ]
        missing += [f"the line {code} in the layout" for code in of_lines if code not in in_layout]
        if of_lines and reached is not None and set(of_lines) <= in_layout and not reached & set(of_lines):
            missing.append(f"an account with the line {' or '.join(dict.fromkeys(of_lines))}")
        for term in side:
            more, lacks = _best(_needs(term, measures.get(term.measure)), supplied)
            fields += more
            missing += lacks
    return list(dict.fromkeys(fields)), missing


def _needs(term: Term, measure: Measure | None) -> tuple[Needs, ...]:
    if measure and measure.needs:
        return measure.needs
    return BUDGET if term.scenario == "budget" else LEDGER


def _best(alternatives: Sequence[Needs], supplied: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """Return the fields of the alternative that lacks least, and what it lacks; the first of equals."""
    tried = []
    for needs in alternatives:
        fields = [f"{table}.{column}" for table, columns in needs.items() for column in columns]
        missing = [
            table if table not in supplied else f"{table}.{column}"
            for table, columns in needs.items()
            for column in columns
            if not _has(supplied, table, column)
        ]
        tried.append((fields, list(dict.fromkeys(missing))))
    best = min(tried, key=lambda pair: len(pair[1]))
    if best[1] and len(tried) > 1 and all(lacks and "." not in lacks[0] for _, lacks in tried):
        return best[0], [" or ".join(dict.fromkeys(lacks[0] for _, lacks in tried))]
    return best


def _has(supplied: Mapping[str, set[str]], table: str, column: str) -> bool:
    return column in supplied.get(table, set())


def _reached(lines: Sequence[StatementLine], used: set[str]) -> set[str]:
    """Return the lines that have an account, those of the cash flow, which is derived, and the subtotals above."""
    parents = {line.line_code: line.parent_line_code for line in lines}
    derived = {line.line_code for line in lines if line.statement == "cash_flow" and not line.is_subtotal}
    reached: set[str] = set()
    for code in used | derived:
        above: str | None = code
        while above is not None and above not in reached:
            reached.add(above)
            above = parents.get(above)
    return reached


def _place_in_contract(field: str) -> tuple[int, int]:
    table, column = field.split(".")
    tables = contract().tables
    return list(tables).index(table), list(tables[table].columns).index(column)
