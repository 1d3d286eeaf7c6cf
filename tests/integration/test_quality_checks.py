"""The quality step in Dagster: what blocks, what is shown, and what publishing is handed."""

import os
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from expectations.suites import Suite, load_suites
from orchestration.defs.quality.checks import quality_checks, quality_step, results_file
from orchestration.settings import Settings, settings
from orchestration.warehouse.checks import CheckRow, read_check_results
from tests.companies import ADVENTUREWORKS

STOCK = dg.AssetKey(["core", "stock"])


@pytest.fixture
def installation() -> Settings:
    """Give an installation of its own (see conftest.py), without a warehouse yet."""
    return settings()


@dg.asset(key=STOCK)
def stock() -> None:
    """Build the one table that the suites here check: ten rows, three of them negative."""
    warehouse = settings().warehouse
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse) as connection:
        connection.execute("create schema if not exists core")
        connection.execute(
            "create or replace table core.stock as select i as product_key, i - 3 as qty from range(10) t(i)"
        )


@dg.asset(deps=[STOCK])
def report() -> None:
    """Depend on the checked table."""


def suite(severity: str = "warn") -> Suite:
    not_negative = {
        "id": "stock_is_not_negative",
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "qty", "min_value": 0},
        "severity": severity,
        "why": "Nobody has fewer than no bicycles.",
    }
    arrived = {
        "id": "stock_arrived",
        "query": "select count(*) as row_count from {batch} having row_count < 10",
        "observe": "select count(*) from {batch}",
        "severity": "error",
        "why": "There are ten products.",
    }
    return Suite.model_validate(
        {
            "table": "core.stock",
            "asset": ["core", "stock"],
            "key": ["product_key"],
            "description": "Stock.",
            "expectations": [not_negative, arrived],
        }
    )


def refresh(checked: Suite, selection: dg.AssetSelection | None = None) -> dg.ExecuteInProcessResult:
    return dg.materialize([stock, report, quality_step([checked])], selection=selection, raise_on_error=False)


def evaluations(run: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {evaluation.check_name: evaluation for evaluation in run.get_asset_check_evaluations()}


def handed_over(installation: Settings) -> dict[str, CheckRow]:
    return {row.check_id: row for row in read_check_results([results_file(installation)])}


def test_a_failed_blocking_check_stops_what_depends_on_the_table_and_hides_no_other_check(installation: Settings):
    run = refresh(suite("error"))
    assert not run.success
    assert not run.asset_materializations_for_node("report")
    found = evaluations(run)
    assert not found["stock_is_not_negative"].passed
    assert found["stock_is_not_negative"].severity == dg.AssetCheckSeverity.ERROR
    assert found["stock_arrived"].passed
    assert handed_over(installation)["stock_is_not_negative"].blocks


def test_a_failed_warning_is_shown_and_stops_nothing(installation: Settings):
    run = refresh(suite("warn"))
    assert run.success
    assert run.asset_materializations_for_node("report")
    found = evaluations(run)["stock_is_not_negative"]
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert handed_over(installation)["stock_is_not_negative"].status == "warn"


def test_a_result_shows_value_rows_query_and_data_docs(installation: Settings):
    found = evaluations(refresh(suite()))
    negative = found["stock_is_not_negative"].metadata
    assert negative["failing_rows"].value == 3
    records = negative["sample_of_failing_rows"]
    assert isinstance(records, dg.TableMetadataValue)
    assert [record.data for record in records.records] == [{"product_key": key, "qty": key - 3} for key in range(3)]
    assert "core.stock" in str(negative["query"].value)
    page = str(negative["data_docs"].value).removeprefix("file://")
    assert Path(page).is_relative_to(installation.data_docs)
    assert Path(page).is_file()
    assert found["stock_arrived"].metadata["observed"].value == 10
    assert found["stock_is_not_negative"].description
    assert "3 of 10 rows (30.00 %)" in str(found["stock_is_not_negative"].description)


def test_a_missing_table_gives_every_check_a_clear_failure(installation: Settings):
    run = refresh(suite().model_copy(update={"table": "core.gone"}))
    found = evaluations(run)
    assert not run.success
    assert {name: evaluation.passed for name, evaluation in found.items()} == {
        "stock_is_not_negative": False,
        "stock_arrived": False,
    }
    assert all("there is no table core.gone" in str(evaluation.description) for evaluation in found.values())
    assert handed_over(installation)["stock_arrived"].blocks


def only(check: str) -> dg.AssetSelection:
    return dg.AssetSelection.checks(dg.AssetCheckKey(STOCK, check))


def test_a_run_of_one_check_updates_its_finding_and_keeps_the_others(installation: Settings):
    refresh(suite())
    run = refresh(suite("error"), only("stock_is_not_negative"))
    assert list(evaluations(run)) == ["stock_is_not_negative"]
    assert {name: row.status for name, row in handed_over(installation).items()} == {
        "stock_is_not_negative": "fail",
        "stock_arrived": "pass",
    }


def test_a_run_of_one_check_does_not_make_findings_about_an_older_warehouse_look_new(installation: Settings):
    refresh(suite())
    built = installation.warehouse.stat().st_mtime
    os.utime(results_file(installation), (built - 60, built - 60))
    before = results_file(installation).read_bytes()
    refresh(suite("error"), only("stock_is_not_negative"))
    assert results_file(installation).read_bytes() == before
    assert results_file(installation).stat().st_mtime < built


def test_a_run_of_one_check_without_earlier_findings_hands_over_nothing(installation: Settings):
    refresh(suite(), dg.AssetSelection.assets(STOCK).without_checks())
    refresh(suite(), only("stock_arrived"))
    assert not results_file(installation).exists()


def test_without_a_warehouse_the_step_fails_with_what_to_do(installation: Settings):
    run = dg.materialize([quality_step([suite()])], selection=only("stock_arrived"), raise_on_error=False)
    (failure,) = run.get_step_failure_events()
    assert "does not exist: build the warehouse before checking it" in str(failure.step_failure_data.user_failure_data)
    assert not results_file(installation).exists()


def test_every_shipped_expectation_is_a_check_and_blocks_if_it_is_an_error():
    specs = {spec.name: spec for spec in quality_checks.check_specs}
    declared = {
        item.id: (item, suite)
        for suite in load_suites(company=ADVENTUREWORKS / "suites")
        for item in suite.expectations
    }
    assert specs.keys() == declared.keys()
    for name, (expectation, declaring) in declared.items():
        assert specs[name].blocking == (expectation.severity == "error")
        assert specs[name].asset_key == dg.AssetKey(declaring.asset)
        assert specs[name].description == expectation.why
