"""The form of a suite file: what is accepted, and how a mistake is answered."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from expectations.suites import SuiteError, load_suites
from tests.companies import ADVENTUREWORKS, PROJECT, TARNVALE

DEMOS = (ADVENTUREWORKS, TARNVALE)


def rule(**changes: object) -> dict[str, object]:
    content: dict[str, object] = {
        "id": "stock_is_not_negative",
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "balance_qty", "min_value": 0},
        "severity": "warn",
        "why": "Nobody has fewer than no bicycles.",
    }
    return {name: value for name, value in (content | changes).items() if value is not None}


def sql_rule(query: str, **changes: object) -> dict[str, object]:
    return rule(**({"type": None, "kwargs": None, "query": query} | changes))


def write_suite(folder: Path, *rules: dict[str, object], file: str = "core.stock.yaml", **changes: object) -> Path:
    content = {
        "table": "core.stock",
        "asset": ["core", "stock"],
        "key": ["product_key"],
        "description": "Stock.",
        "expectations": list(rules),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(yaml.safe_dump(content | changes))
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(SuiteError) as error:
        load_suites(folder)
    where, *lines = str(error.value).splitlines()
    assert where == f"The expectation suites below {folder} cannot be read; mend them and run again."
    return "\n".join(line.removeprefix("  ") for line in lines)


def test_a_suite_file_becomes_a_suite(tmp_path: Path):
    (suite,) = load_suites(write_suite(tmp_path / "expectations" / "suites", rule()))
    assert (suite.schema_name, suite.table_name) == ("core", "stock")
    assert suite.file_name == "expectations/suites/core.stock.yaml"
    assert suite.expectations[0].sentence == "Stock is not negative"


@pytest.mark.parametrize(
    ("changes", "field", "what"),
    [
        ({"severity": "fatal"}, "severity", "'error' or 'warn'"),
        ({"why": None}, "why", "must be given"),
        ({"why": "  "}, "why", "at least 1 character"),
        ({"colum": "x"}, "colum", "there is no such key"),
        ({"type": "between"}, "type", "should match pattern"),
    ],
)
def test_a_wrong_field_is_named_with_its_file_and_expectation(
    tmp_path: Path, changes: dict[str, object], field: str, what: str
):
    message = refusal(write_suite(tmp_path, rule(**changes)))
    assert message.startswith(
        f"{tmp_path.name}/core.stock.yaml, expectation 'stock_is_not_negative', field '{field}': "
    )
    assert what in message


def test_an_expectation_without_a_usable_id_is_named_by_its_position(tmp_path: Path):
    message = refusal(write_suite(tmp_path, rule(), rule(id=None)))
    assert message.startswith(f"{tmp_path.name}/core.stock.yaml, expectation number 2, field 'id': ")


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (rule(query="select * from {batch}"), "either `type` with `kwargs`, or `query`"),
        (rule(type=None, kwargs=None), "either `type` with `kwargs`, or `query`"),
        (sql_rule("select * from {batch}", kwargs={"column": "a"}), "a `query` takes none"),
        (sql_rule("select * from core.stock"), "`query` must name the checked table as {batch}"),
        (sql_rule("select '[A-Z]{3}' from {batch}"), "write braces of SQL twice"),
        (rule(observe="select 1"), "`observe` must name the checked table as {batch}"),
        (rule(known={"rows": 0, "reason": "Why.", "owner": "me"}), "known.rows"),
        (rule(known={"rows": 3, "owner": "me"}), "known.reason"),
        (rule(known={"rows": 3, "reason": "Why."}), "known.owner"),
        (rule(type="expect_column_values_to_match_regex"), "use a `query` with regexp_full_match"),
    ],
)
def test_an_expectation_that_cannot_run_is_refused_when_it_is_read(tmp_path: Path, wrong: dict[str, object], what: str):
    assert what in refusal(write_suite(tmp_path, wrong))


def test_every_mistake_of_every_file_is_named_at_once(tmp_path: Path):
    write_suite(tmp_path, rule(severity="fatal"), rule(id="two", why=None))
    write_suite(tmp_path, rule(id="three"), file="core.other.yaml")
    (tmp_path / "core.broken.yaml").write_text("table: [")
    (tmp_path / "core.list.yaml").write_text("- a\n- b\n")
    lines = refusal(tmp_path).splitlines()
    assert any(line.startswith(f"{tmp_path.name}/core.broken.yaml: is not valid YAML") for line in lines)
    assert any(line.startswith(f"{tmp_path.name}/core.list.yaml: must be a mapping") for line in lines)
    assert any("the file must be named core.stock.yaml" in line for line in lines)
    assert any("field 'severity'" in line for line in lines)
    assert any("expectation 'two', field 'why'" in line for line in lines)


def test_an_id_is_used_once_over_all_suites(tmp_path: Path):
    write_suite(tmp_path, rule(), rule(id="twice"), rule(id="twice"))
    write_suite(tmp_path, rule(), file="core.store.yaml", table="core.store")
    message = refusal(tmp_path)
    assert "core.stock.yaml, expectation 'twice', field 'id': is also used in core.stock.yaml" in message
    assert (
        "core.store.yaml, expectation 'stock_is_not_negative', field 'id': is also used in core.stock.yaml" in message
    )


def test_a_folder_without_suites_is_refused(tmp_path: Path):
    assert "has no suite" in refusal(tmp_path)


@pytest.mark.parametrize("company", DEMOS, ids=lambda company: company.name)
def test_a_shipped_suite_checks_a_model_of_the_warehouse(company):
    folders = (PROJECT / "dbt_project" / "models", company / "models")
    models = {path.stem: path for folder in folders for path in folder.rglob("*.sql")}
    for suite in load_suites(company=company / "suites"):
        assert suite.schema_name in models[suite.table_name].parts
        assert suite.asset[-1] == suite.table_name


@pytest.mark.parametrize("company", DEMOS, ids=lambda company: company.name)
def test_the_shipped_suites_stay_a_number_that_people_read(company):
    assert sum(len(suite.expectations) for suite in load_suites(company=company / "suites")) <= 120


def test_the_definitions_load_without_importing_great_expectations():
    code = "import sys, orchestration.defs.quality.checks; sys.exit('great_expectations' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)
