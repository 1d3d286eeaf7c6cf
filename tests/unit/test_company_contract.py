"""The contract is sound: keys are columns, names follow the grammar, every amount has its currency."""

import re

import pytest
import yaml

from orchestration.company.contract import TYPES, ContractTable, contract
from orchestration.company.statement_lines import LAYOUTS, product_layout, product_lines, read_layout
from orchestration.kpis.dictionary import load_dictionary
from orchestration.settings import PRODUCT

ROLES = PRODUCT / "orchestration" / "company" / "roles.yaml"
TABLES = contract().tables.items()
IN_THE_ENTITYS_CURRENCY = {"journal_line", "reported_balance", "shipment_line"}


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
    if money and name not in IN_THE_ENTITYS_CURRENCY:
        assert "currency_code" in table.columns, name


def test_every_type_has_an_sql_type() -> None:
    assert {about.type for _, table in TABLES for about in table.columns.values()} <= set(TYPES)


def test_each_measure_of_operations_says_what_of_the_contract_it_is_made_of() -> None:
    dictionary = load_dictionary(statement_lines=product_layout("by_function"))
    tables = contract().tables
    for measure in dictionary.measures:
        for needs in measure.needs:
            for table, columns in needs.items():
                assert set(columns) <= set(tables[table].columns), measure.id
    lines = {line.line_code for file in LAYOUTS.glob("*.csv") for line in read_layout(file)[0]}
    assert not [m.id for m in dictionary.measures if not m.needs and not m.roles and m.id not in lines]


def test_a_layout_without_any_of_the_products_line_codes_has_every_measure_of_the_kpis() -> None:
    """KPIs speak of roles: what the product's layouts call a line is known to no KPI that a company's own could not have."""
    own = [line for line in product_layout("by_function") if line.line_code == "rent"]
    dictionary = load_dictionary(statement_lines=own, lines_elsewhere=product_lines())
    known = {measure.id for measure in dictionary.measures}
    terms = {term.measure for kpi in dictionary.kpis for term in (*kpi.numerator, *kpi.denominator)}
    assert terms <= known
    roles = yaml.safe_load(ROLES.read_text(encoding="utf-8"))
    for measure in dictionary.measures:
        if measure.roles:
            assert measure.statement
            assert set(measure.roles) <= set(roles[measure.statement]), measure.id


def test_what_is_summed_by_roles_leaves_no_role_of_its_statement_out() -> None:
    dictionary = load_dictionary(statement_lines=[])
    roles = yaml.safe_load(ROLES.read_text(encoding="utf-8"))
    of = {measure.id: list(measure.roles) for measure in dictionary.measures if measure.roles}
    assert sorted(of["net_income"]) == sorted(roles["profit_and_loss"])
    assert sorted(of["total_assets"] + of["total_liabilities"] + of["total_equity"]) == sorted(roles["balance_sheet"])


def test_core_takes_the_columns_of_the_contract_and_no_others() -> None:
    """What the core models ask of mapping models, `supplied(table=…, columns=…)`, is the contract's table."""
    asked: dict[str, set[str]] = {}
    for file in (PRODUCT / "dbt_project" / "models" / "core").rglob("*.sql"):
        for table, columns in re.findall(
            r"supplied\(\s*table='(\w+)',\s*columns=\{(.*?)\}", file.read_text("utf-8"), re.S
        ):
            asked.setdefault(table, set()).update(re.findall(r"'(\w+)':", columns))
    for table, columns in asked.items():
        assert table in contract().tables, table
        assert columns == set(contract().tables[table].columns), table
