"""The shipped suites on the demo company: its odd parts are known, to the row, and one more is a warning.

The warehouse is built by dbt from the demo's files; the expected counts come straight from those files.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.runner import run_suites
from expectations.suites import load_suites
from tests.companies import ADVENTUREWORKS
from tests.end_to_end.conftest import DemoRun

DEMO = ADVENTUREWORKS / "files"
SUITES = load_suites(company=ADVENTUREWORKS / "suites")


def source(name: str) -> str:
    """Return a table expression over one of the demo's files."""
    (file,) = DEMO.glob(f"*/{name}.*")
    return f"read_parquet('{file}')" if file.suffix == ".parquet" else f"read_csv('{file}')"


@pytest.fixture(scope="module")
def warehouse(demo_run: DemoRun) -> Path:
    """Give the demo's warehouse as its first run built it."""
    return demo_run.installation.warehouse


@pytest.fixture(scope="module")
def findings(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckResult]:
    """Give the result of every shipped check."""
    results = run_suites(warehouse, SUITES, tmp_path_factory.mktemp("data_docs"))
    return {result.check_id: result for result in results}


def count(sql: str) -> int:
    row = duckdb.sql(sql).fetchone()
    assert row
    return int(row[0])


def test_nothing_in_the_demo_blocks_publishing_or_warns(findings: dict[str, CheckResult]):
    assert [result.message for result in findings.values() if result.status != "pass"] == []


def test_every_check_could_be_evaluated(findings: dict[str, CheckResult]):
    assert [result.message for result in findings.values() if "could not be evaluated" in result.message] == []
    assert findings.keys() == {item.id for suite in SUITES for item in suite.expectations}


RESELLER, INTERNET = source("FactResellerSales"), source("FactInternetSales")
ODDITIES = {
    "stock_is_not_negative": f'select count(*) from {source("FactProductInventory")} where "UnitsBalance" < 0',
    "products_do_not_end_before_they_start": (
        f'select count(*) from {source("DimProduct")} where "EndDate" < "StartDate"'
    ),
    "no_sales_order_number_is_missing": (
        'select max(n) - min(n) + 1 - count(distinct n) from (select substring("SalesOrderNumber", 3)::integer as n '
        f'from (from {RESELLER} select "SalesOrderNumber" union all from {INTERNET} select "SalesOrderNumber"))'
    ),
    "purchases_are_not_due_before_they_are_ordered": (
        f"select count(*) from {source('PurchaseOrderDetail')} as line join {source('PurchaseOrderHeader')} as po "
        'using ("PurchaseOrderID") where line."DueDate" < po."OrderDate"'
    ),
    "ledger_has_no_stray_dates": (
        f'select count(*) from (select "DateKey" from {source("FactFinance")} join {source("DimAccount")} '
        'using ("AccountKey") group by 1 having count(*) filter ("AccountType" = \'Assets\') = 0)'
    ),
    "operator_counts_are_plausible": (
        f'select count(*) from {source("FactCallCenter")} where "TotalOperators" not between 1 and 25'
    ),
    "automatic_responses_are_within_the_calls": (
        f'select count(*) from {source("FactCallCenter")} where "AutomaticResponses" > "Calls"'
    ),
}


KNOWN = {item.id: item.known for suite in SUITES for item in suite.expectations if item.known}


@pytest.mark.parametrize("check_id", ODDITIES)
def test_an_odd_part_of_the_demo_is_known_to_the_row(findings: dict[str, CheckResult], check_id: str):
    result = findings[check_id]
    assert result.failing_rows == count(ODDITIES[check_id]) == KNOWN[check_id].rows
    assert result.sample_rows


def test_nothing_is_known_that_is_not_there(findings: dict[str, CheckResult]):
    """Room for more than there is would hide what comes."""
    assert {check_id: findings[check_id].failing_rows for check_id in KNOWN} == {
        check_id: known.rows for check_id, known in KNOWN.items()
    }


@pytest.mark.parametrize(
    ("check_id", "sql"),
    [
        (
            "a_third_of_the_reseller_lines_is_sold_below_cost",
            f'select round(avg(if("SalesAmount" < "TotalProductCost", 1, 0)), 4) from {RESELLER}',
        ),
        (
            "short_receipts_are_about_four_percent",
            f'select round(avg(if("ReceivedQty" < "OrderQty", 1, 0)), 4) from {source("PurchaseOrderDetail")}',
        ),
    ],
)
def test_a_share_that_is_usual_is_observed(findings: dict[str, CheckResult], check_id: str, sql: str):
    assert findings[check_id].observed == duckdb.sql(sql).fetchone()[0]  # type: ignore[index]


def test_the_rejection_rate_is_observed(findings: dict[str, CheckResult]):
    result = findings["rejection_rate_is_about_three_percent"]
    purchases = source("PurchaseOrderDetail")
    (expected,) = duckdb.sql(f'select sum("RejectedQty") / sum("ReceivedQty") from {purchases}').fetchone() or (None,)
    assert result.status == "pass"
    assert float(str(result.observed)) == pytest.approx(expected, abs=0.0001)


def test_on_time_shipment_says_nothing_as_its_caveat_says(findings: dict[str, CheckResult]):
    assert findings["every_shipment_is_on_time"].observed == 1
    days = duckdb.sql(f'select distinct "ShipDate"::date - "OrderDate"::date from {RESELLER}').fetchall()
    assert {days_to_ship for (days_to_ship,) in days} == {7, 8}
    assert findings["orders_ship_after_seven_or_eight_days"].status == "pass"


def test_the_closing_at_which_ledger_and_orders_part_is_named(findings: dict[str, CheckResult]):
    result = findings["ledger_sales_stay_near_the_reseller_orders"]
    assert [row["period_end"] for row in result.sample_rows] == ["2011-11-29"]


SPOILT = {
    "balance_sheet_balances": (
        "update finance.statement_line set amount = amount + 0.01 "
        "where line_code = 'total_assets' and entity_id = 'AW-07' and period_end = date '2012-06-30'"
    ),
    "rates_are_positive": (
        "update core.exchange_rate set rate = 0 where from_currency_code = 'EUR' and rate_on = date '2012-06-30'"
    ),
    "entities_do_not_skip_a_closing": (
        "delete from core.trial_balance where entity_id = 'AW-07' and closing_on = date '2012-06-30'"
    ),
    "ledger_lines_arrived": "delete from core.trial_balance where closing_on >= date '2013-01-01'",
    "rates_reach_the_last_closing": (
        "update core.exchange_rate set rate_on = rate_on - 1000 where rate_on >= date '2012-07-01'"
    ),
    "sales_prices_are_positive": "update core.sales_order_line set unit_price = 0 where sales_order_number = 'SO43659'",
    "rejections_are_within_receipts": "update core.purchase_order_line set rejected_qty = -1 where supplier_id = 1580",
    "unit_costs_are_positive": "update core.stock_balance set unit_cost_amount = 0 where product_key = 'adventureworks_operations/310'",
    "shares_are_between_zero_and_one": "update kpi.kpi_value set value = 100 * value where kpi_id = 'on_time_shipment'",
}


@pytest.fixture(scope="module")
def spoilt(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckResult]:
    """Give what the suites find after each statement of SPOILT has changed a copy of the warehouse."""
    folder = tmp_path_factory.mktemp("spoilt")
    copy = folder / "spoilt.duckdb"
    shutil.copyfile(warehouse, copy)
    with duckdb.connect(copy) as connection:
        for sql in SPOILT.values():
            connection.execute(sql)
    return {result.check_id: result for result in run_suites(copy, SUITES, folder / "docs")}


def test_what_must_not_be_published_fails_as_an_error_and_nothing_else_does(spoilt: dict[str, CheckResult]):
    assert {check_id for check_id, result in spoilt.items() if result.status == "fail"} == SPOILT.keys()


def test_an_unbalanced_balance_sheet_is_named_by_entity_closing_and_amounts(spoilt: dict[str, CheckResult]):
    result = spoilt["balance_sheet_balances"]
    assert result.failing_rows == 1
    (row,) = result.sample_rows
    assert (row["entity_id"], row["period_end"]) == ("AW-07", "2012-06-30")
    assert float(str(row["total_assets"])) - float(str(row["total_liabilities_and_equity"])) == pytest.approx(0.01)


def test_a_price_of_zero_is_named_by_its_order_line(spoilt: dict[str, CheckResult]):
    assert spoilt["sales_prices_are_positive"].sample_rows[0]["sales_order_number"] == "SO43659"
