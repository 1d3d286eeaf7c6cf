"""The contract as a page for people: `python -m orchestration.company.document` writes docs/contract.md."""

from collections.abc import Iterator
from itertools import groupby

from orchestration.company.contract import ContractTable, contract
from orchestration.settings import PRODUCT

_HEAD = """# The contract: what a company supplies

Made from `orchestration/company/contract.yaml` by `make docs`; edit it there.

A mapping model `models/mapping/map_<system>__<table>.sql` in a company's folder gives what one system has of a
table, in these columns: it renames, casts and chooses, and reads staging only. All systems' rows together are the
core table of the same name. A table that nobody supplies is empty, and what needs it says *no source*. Of the
columns, those marked ? may be missing; they are NULL then. A row without a value in another column, unless it is
said what such a row is, or with another value than those listed, is not published: the test
`assert_mapped_rows_keep_the_contract` blocks, and says which. A row of an entity that company.yaml does not have, or of
a day that is in no period, is told by a warning with its amount. Each table has the lineage columns as well (`{{
lineage_columns() }}`), by which every figure leads back to its batch and row. Everything else, from periods to
statements, the product derives.
"""


def contract_page() -> str:
    """Return the contract as Markdown: a section per area, a table per table."""
    lines = [_HEAD]
    for area, tables in groupby(contract().tables.items(), key=lambda named: named[1].area):
        lines += [f"## {area.replace('_', ' ').capitalize()}", ""]
        for name, table in tables:
            lines += _entry(name, table)
    return "\n".join(lines)


def _entry(name: str, table: ContractTable) -> Iterator[str]:
    counts_on = f" Counts on {', else '.join(f'`{column}`' for column in table.counts_on)}." if table.counts_on else ""
    yield f"### `{name}`"
    yield ""
    yield f"{table.grain} Key: {', '.join(f'`{column}`' for column in table.key)}, with `source_system`.{counts_on}"
    yield ""
    yield "| column | type | |"
    yield "|---|---|---|"
    for column_name, column in table.columns.items():
        mark = " ?" if column.optional else ""
        allowed = f" One of {', '.join(column.allowed)}." if column.allowed else ""
        blank = f" A row without it {column.blank}." if column.blank else ""
        yield f"| `{column_name}`{mark} | {column.type} | {column.description}{allowed}{blank} |"
    yield ""


def main() -> None:
    """Write the page into the product's docs."""
    (PRODUCT / "docs" / "contract.md").write_text(contract_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
