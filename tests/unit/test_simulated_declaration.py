"""The simulated company as a source system: its declaration and its staging models are the contract's."""

import pytest

from orchestration.simulation.books.contract import Table, output_tables
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.declaration.tables import SourceTable
from tests.companies import TARNVALE

STAGING = TARNVALE / "models" / "staging" / "simulated"
CONTRACT = output_tables()


def declared() -> dict[str, SourceTable]:
    (system,) = load_declarations(TARNVALE / "sources")
    return {table.name: table for table in system.tables}


def test_every_table_of_the_contract_is_declared_and_no_other() -> None:
    assert list(declared()) == list(CONTRACT)


@pytest.mark.parametrize("table", CONTRACT.values(), ids=lambda table: table.name)
def test_columns_types_and_keys_are_the_contracts(table: Table) -> None:
    found = declared()[table.name]
    assert {name: (column.type, column.nullable) for name, column in found.columns.items()} == {
        column.name: (column.kind, column.is_nullable) for column in table.columns
    }
    assert found.keys == table.key
    assert found.files == f"{table.name}/{table.name}{'' if table.delivery == 'snapshot' else '_*'}.parquet"
    assert all(column.description for column in found.columns.values())


@pytest.mark.parametrize("table", CONTRACT.values(), ids=lambda table: table.name)
def test_a_staging_model_has_the_columns_of_the_contract(table: Table) -> None:
    model = (STAGING / f"stg_simulated__{table.name}.sql").read_text(encoding="utf-8")
    selected = model.partition("select\n")[2].partition("from ")[0].replace("{{ lineage_columns() }}", "")
    assert [name.strip() for name in selected.split(",") if name.strip()] == [column.name for column in table.columns]
