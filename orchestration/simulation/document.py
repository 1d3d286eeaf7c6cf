"""The reference part of docs/simulated-company.md: `python -m orchestration.simulation.document` makes it.

The part above the mark is written by hand and kept.
"""

from itertools import groupby
from pathlib import Path

from orchestration.simulation.books.contract import (
    Table,
    chart_of_accounts,
    output_tables,
    posting_rules,
    truth_tables,
)

MARK = "<!-- Below this line: made by `make docs` from orchestration/simulation/books/*.yaml and *.csv. Edit there. -->"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulated-company.md"


def reference() -> str:
    """Return the tables, the posting rules, the chart of accounts and the truth files as Markdown."""
    return "\n".join(
        [
            "",
            "## Output tables",
            "`?` after a type: may be NULL. Key columns are bold.",
            "",
            *[line for table in output_tables().values() for line in _table(table)],
            "## Posting rules",
            "An amount below zero changes side; a line of 0 is not posted. Currency: *transaction*: in the document's "
            "and the entity's; *entity*: in the entity's; *difference*: in the entity's, and 0 in the document's.",
            "",
            *_rules(),
            "",
            "## Chart of accounts",
            "| account | name | type | posted | statement line | cash flow line |",
            "|---|---|---|---|---|---|",
            *[
                f"| {a.code} | {a.name} | {a.kind} | {'yes' if a.is_posting else 'no'} | {_code(a.line_code)} | "
                f"{_code(a.cash_flow_line_code)} |"
                for a in chart_of_accounts().values()
            ],
            "",
            "## Truth files",
            "CSV below `truth/`.",
            "",
            *[line for table in truth_tables().values() for line in _table(table)],
        ]
    )


def _table(table: Table) -> list[str]:
    delivery = "" if table.delivery == "truth" else f" Delivery: {table.delivery}."
    return [
        f"### `{table.name}`",
        f"{table.description} One row per {table.grain}.{delivery}",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *[
            f"| {'**' if c.name in table.key else ''}`{c.name}`{'**' if c.name in table.key else ''} | "
            f"{c.kind}{'?' if c.is_nullable else ''} | {c.description} |"
            for c in table.columns
        ],
        "",
    ]


def _rules() -> list[str]:
    lines = ["| event (journal type) | debit | credit | amount | currency | meaning |", "|---|---|---|---|---|---|"]
    for event, rules in groupby(posting_rules(), key=lambda rule: rule.event):
        for number, rule in enumerate(rules):
            debit, credit = (rule.account_code, "") if rule.side == "debit" else ("", rule.account_code)
            lines.append(
                f"| {f'`{event}`' if number == 0 else ''} | {debit} | {credit} | {rule.amount} | {rule.currency} | "
                f"{rule.meaning} |"
            )
    return lines


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def write_page() -> None:
    """Replace what is below the mark in the page."""
    above = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    PAGE.write_text(above + MARK + "\n" + reference() + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_page()
