"""A mapping may leave out what the contract says is optional: all SQL of the product stands on mappings of the required columns only.

Each table of the contract is supplied; what dbt makes of the models and tests is run in DuckDB, without a row.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pytest

from orchestration.company.contract import TYPES, contract
from tests.companies import PROJECT

BLANK = PROJECT / "tests" / "data" / "companies" / "blank"
LINEAGE = {"source_row": "bigint", "known_at": "timestamp"}


def write_mappings(folder: Path) -> None:
    """Write a mapping model for each table of the contract, with the columns that it must have."""
    folder.mkdir(parents=True)
    for name, table in contract().tables.items():
        columns = {column: TYPES[table.columns[column].type] for column in table.required}
        if table.has_lineage:
            columns |= {column: LINEAGE.get(column, "varchar") for column in contract().lineage}
        casts = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in columns.items())
        text = f"-- Grain: one row per nothing.\nselect {casts or 'null as nothing'} where 1 = 0\n"
        (folder / f"map_bare__{name}.sql").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, object]], Path]:
    """The nodes of dbt's manifest with their SQL, and the warehouse that they are to be tried in."""
    company, data = tmp_path_factory.mktemp("bare"), tmp_path_factory.mktemp("data")
    shutil.copy(BLANK / "company.yaml", company)
    write_mappings(company / "models" / "mapping")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "dbt", "compile", "--quiet"],
        env=environment | {"TIEOUT_COMPANY": str(company), "TIEOUT_DATA_DIR": str(data), "PYTHONPATH": str(PROJECT)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    manifest = json.loads(next(data.rglob("manifest.json")).read_text(encoding="utf-8"))
    return manifest["nodes"], next(data.rglob("warehouse.duckdb"))


@dataclass(frozen=True)
class Tried:
    """What became of the SQL of models and tests: the models are tables without a row."""

    sql: dict[str, str]
    faults: dict[str, str]
    warehouse: Path


@pytest.fixture(scope="module")
def tried(compiled: tuple[dict[str, dict[str, object]], Path]) -> Tried:
    """Make each model a table, and explain each test."""
    nodes, warehouse = compiled
    faults = {}
    order = TopologicalSorter({name: node["depends_on"]["nodes"] for name, node in nodes.items()}).static_order()  # type: ignore[index]
    chosen = [nodes[name] for name in order if name in nodes and nodes[name]["resource_type"] in {"model", "test"}]
    with duckdb.connect(str(warehouse)) as connection:
        for node in chosen:
            sql = str(node["compiled_code"])
            try:
                if node["resource_type"] == "test":
                    connection.execute(f"explain {sql}")
                elif node["config"]["materialized"] != "ephemeral":  # type: ignore[index]
                    connection.execute(f"create schema if not exists {node['schema']}")
                    connection.execute(f"create or replace table {node['relation_name']} as {sql}")
            except duckdb.Error as error:
                faults[str(node["name"])] = str(error).partition("\n")[0]
    return Tried({str(node["name"]): str(node["compiled_code"]) for node in chosen}, faults, warehouse)


def test_models_and_tests_stand_on_the_required_columns_alone(tried: Tried) -> None:
    supplied = {name for name in tried.sql if name.startswith("map_bare__")}
    assert supplied == {f"map_bare__{name}" for name in contract().tables}
    assert tried.faults == {}


LEDGER = """
insert into core.entity by name select 'E' as entity_id, 'months' as calendar_id, false as is_group;
insert into core.fiscal_period by name
select 'months' as calendar_id, 2024 as fiscal_year, 12 as fiscal_period, date '2024-12-31' as ends_on, true as is_last_of_year;
insert into core.posting_period by name
select 'E' as entity_id, 'main' as ledger_id, date '2024-12-31' as posted_on, 2024 as fiscal_year, 12 as fiscal_period,
    'ordinary' as entry_type, 'journal' as posting_kind;
insert into core.layout_line by name
select 'capital' as line_code, 'capital' as role, false as is_subtotal union all select 'sales', 'revenue', false;
insert into core.account by name
select 'books' as source_system, code as source_account_id, code as account_id, line as line_code, statement
from (values ('1', null, 'balance_sheet'), ('3', 'capital', 'balance_sheet'), ('4', 'sales', 'profit_and_loss'))
    as accounts (code, line, statement);
insert into core.journal_line by name
select 'books' as source_system, 'E' as entity_id, 'main' as ledger_id, 'entry ' || range // 2 as journal_entry_id,
    date '2024-12-31' as posted_on, 'ordinary' as entry_type,
    case when range % 2 = 1 then '4' when range = 0 then '3' else '1' end as account_id,
    case when range % 2 = 1 then -1 else 1 end as amount
from range(3000000);
"""


def test_the_journal_is_not_held_in_memory_to_find_what_closes_it(tried: Tried) -> None:
    """Three million lines of which one entry is against equity, without a disk to spill to."""
    copy = tried.warehouse.with_name("ledger.duckdb")
    shutil.copy(tried.warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(LEDGER)
    limits = {"memory_limit": "250MB", "threads": 2, "temp_directory": ""}
    sql = tried.sql["closing_entry"].replace('"warehouse".', '"ledger".')
    with duckdb.connect(str(copy), read_only=True, config=limits) as connection:
        found = connection.execute(f"select journal_entry_id, closed_amount, is_recognised from ({sql})").fetchall()
    assert [(entry, int(amount)) for entry, amount, _ in found] == [("entry 0", -1)]
