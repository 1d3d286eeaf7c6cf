"""Whether a mapping model gives what the contract says of its table: the columns, and what they may be."""

import re
from collections.abc import Iterator, Mapping

from orchestration.company.contract import ContractTable, contract
from orchestration.company.errors import Fault
from orchestration.folder.models import Model
from orchestration.folder.places import line_of, near

_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "DECIMAL",
)
_FITTING = {
    "whole": (*_NUMBERS, "DOUBLE", "FLOAT"),
    "amount": _NUMBERS,
    "quantity": (*_NUMBERS, "DOUBLE", "FLOAT"),
    "price": _NUMBERS,
    "rate": _NUMBERS,
    "share": _NUMBERS,
    "day": ("DATE", "TIMESTAMP"),
    "time": ("TIMESTAMP", "DATE"),
    "flag": ("BOOLEAN",),
}
_SAID = {
    "whole": "a whole number",
    "amount": "a DECIMAL or whole number: money is no float and no text",
    "quantity": "a number",
    "price": "a DECIMAL or whole number: money is no float and no text",
    "rate": "a DECIMAL",
    "share": "a DECIMAL",
    "day": "a DATE",
    "time": "a TIMESTAMP",
    "flag": "a BOOLEAN",
}


def contract_faults(
    model: Model, table: ContractTable, columns: Mapping[str, str], *, with_types: bool
) -> Iterator[Fault]:
    """Yield what a mapping model lacks of the contract, has beyond it, or has in another type."""
    name = model.contract_table
    for column in table.required:
        if column not in columns:
            yield Fault(
                model.file,
                None,
                f"lacks the column {column} of the contract's {name}: {table.columns[column].description}",
            )
    if table.has_lineage and (missing := [column for column in contract().lineage if column not in columns]):
        yield Fault(model.file, None, f"lacks {', '.join(missing)}: select {{{{ lineage_columns() }}}}, too")
    for column, kind in columns.items():
        about = table.columns.get(column)
        line = line_of(model.file, rf"\b{re.escape(column)}\b")
        if about is None:
            if column not in contract().lineage:
                yield Fault(
                    model.file, line, f"the contract's {name} has no column {column}{near(column, table.columns)}"
                )
        elif with_types and about.type in _FITTING and not kind.startswith((*_FITTING[about.type], '"NULL"')):
            yield Fault(model.file, line, f"{column} is {kind}; allowed: {_SAID[about.type]}")
