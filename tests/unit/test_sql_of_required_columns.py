"""A mapping may leave out what the contract says is optional: all SQL of the product stands on mappings of the required columns only.

Each table of the contract is supplied; what dbt makes of the models and tests is run in DuckDB, without a row.
"""

import json
import os
import shutil
import subprocess
import sys
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


def test_models_and_tests_stand_on_the_required_columns_alone(
    compiled: tuple[dict[str, dict[str, object]], Path],
) -> None:
    nodes, warehouse = compiled
    faults = {}
    order = TopologicalSorter({name: node["depends_on"]["nodes"] for name, node in nodes.items()}).static_order()  # type: ignore[index]
    tried = [nodes[name] for name in order if name in nodes and nodes[name]["resource_type"] in {"model", "test"}]
    with duckdb.connect(str(warehouse)) as connection:
        for node in tried:
            sql = str(node["compiled_code"])
            try:
                if node["resource_type"] == "test":
                    connection.execute(f"explain {sql}")
                elif node["config"]["materialized"] != "ephemeral":  # type: ignore[index]
                    connection.execute(f"create schema if not exists {node['schema']}")
                    connection.execute(f"create or replace table {node['relation_name']} as {sql}")
            except duckdb.Error as error:
                faults[node["name"]] = str(error).partition("\n")[0]
    supplied = {node["name"] for node in tried if str(node["name"]).startswith("map_bare__")}
    assert supplied == {f"map_bare__{name}" for name in contract().tables}
    assert faults == {}
