"""The unit tests of the product's SQL, run once on a company without any source: no demo, no data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.folder.product_tables import COLUMNS
from tests.companies import PROJECT
from tests.unit.product_columns import columns_of

BLANK = PROJECT / "tests" / "data" / "companies" / "blank"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the company."""
    return tmp_path_factory.mktemp("blank")


@pytest.fixture(scope="module")
def results(data: Path) -> dict[str, str]:
    """What each unit test says, by name; empty where it holds."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "orchestration.cli",
            "dbt",
            "build",
            "--resource-type",
            "model",
            "--resource-type",
            "unit_test",
        ],
        env=environment | {"TIEOUT_COMPANY": str(BLANK), "TIEOUT_DATA_DIR": str(data), "PYTHONPATH": str(PROJECT)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    file = next(data.rglob("run_results.json"), None)
    assert file is not None, ended.stdout + ended.stderr
    found = json.loads(Path(file).read_text(encoding="utf-8"))["results"]
    return {
        result["unique_id"].split(".", 2)[2]: "" if result["status"] in {"pass", "success"} else str(result["message"])
        for result in found
    }


def test_every_model_is_empty_and_sound_without_any_source(results: dict[str, str]) -> None:
    assert {name: message for name, message in results.items() if "." not in name and message} == {}


def test_every_case_of_the_sql_holds(results: dict[str, str]) -> None:
    cases = {name: message for name, message in results.items() if "." in name}
    assert len(cases) > 50
    assert {name: message for name, message in cases.items() if message} == {}


@pytest.mark.usefixtures("results")
def test_the_columns_that_check_knows_are_those_of_the_tables(data: Path) -> None:
    """`python -m tests.unit.product_columns WAREHOUSE` writes them anew."""
    assert COLUMNS.read_text(encoding="utf-8") == columns_of(next(data.rglob("warehouse.duckdb")))
