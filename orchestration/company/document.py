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
columns, those marked ? may be missing; they are NULL then. Each table has the lineage columns as well (`{{
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
    yield f"### `{name}`"
    yield ""
    yield f"{table.grain} Key: {', '.join(f'`{column}`' for column in table.key)}, with `source_system`."
    yield ""
    yield "| column | type | |"
    yield "|---|---|---|"
    for column_name, column in table.columns.items():
        mark = " ?" if column.optional else ""
        allowed = f" One of {', '.join(column.allowed)}." if column.allowed else ""
        yield f"| `{column_name}`{mark} | {column.type} | {column.description}{allowed} |"
    yield ""


def main() -> None:
    """Write the page into the product's docs."""
    (PRODUCT / "docs" / "contract.md").write_text(contract_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
