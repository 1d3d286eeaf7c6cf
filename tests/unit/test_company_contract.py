"""The contract is sound: keys are columns, names follow the grammar, every amount has its currency."""

import re

import pytest

from orchestration.company.contract import TYPES, ContractTable, contract

TABLES = contract().tables.items()
IN_THE_ENTITYS_CURRENCY = {"journal_line", "reported_balance"}


@pytest.mark.parametrize(("name", "table"), TABLES, ids=[name for name, _ in TABLES])
def test_a_table_of_the_contract_is_sound(name: str, table: ContractTable) -> None:
    assert set(table.key) <= set(table.columns), name
    assert table.grain.endswith(".")
    for column, about in table.columns.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column)
        assert about.description.endswith("."), f"{name}.{column}"
        assert not (about.type == "flag" and not column.startswith(("is_", "has_")) and column != "ended"), column
        assert not (about.type == "day" and not column.endswith(("_on", "_from", "_to"))), column
        assert not (about.type == "time" and not column.endswith("_at")), column
    money = [column for column, about in table.columns.items() if about.type in {"amount", "price"}]
    if money and name not in IN_THE_ENTITYS_CURRENCY and name != "product":
        assert "currency_code" in table.columns, name


def test_every_type_has_an_sql_type() -> None:
    assert {about.type for _, table in TABLES for about in table.columns.values()} <= set(TYPES)
