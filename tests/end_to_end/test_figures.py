"""The published figures against figures computed by another path, straight from the source files."""

import re
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from orchestration.warehouse.errors import NoSuchFigure
from orchestration.warehouse.trace import trace
from tests.companies import PROJECT
from tests.end_to_end.conftest import DemoRun
from tests.end_to_end.ledger_by_tree import ACCOUNTS, Ledger
from tests.end_to_end.lineage import figures_without_their_lines

GROUP = "AW-01"
# Closings of each fiscal year, of entities in each currency, one that joined late among them.
SPOT_CHECKS = [
    (20110129, 3),
    (20110801, 8),
    (20111129, 6),
    (20120430, 11),
    (20121228, 12),
    (20130829, 13),
    (20131129, 8),
]
YEARS = [(20111129, 3), (20121128, 8), (20121128, 11), (20131129, 6), (20131129, 12), (20131129, 13)]
DAY_METRICS = ("dso", "dio", "dpo", "ccc")


@pytest.fixture(scope="module")
def ledger(sources: duckdb.DuckDBPyConnection) -> Ledger:
    return Ledger(sources)


def entity_id(organization: int) -> str:
    return f"AW-{organization:02d}"


def day(key: int) -> date:
    return date(key // 10000, key // 100 % 100, key % 100)


def test_assets_are_liabilities_and_equity_for_every_entity_on_every_closing(
    mart: duckdb.DuckDBPyConnection, ledger: Ledger
) -> None:
    rows = mart.execute(
        "select entity_id, period_end, max(amount) filter (line_code = 'total_assets'), "
        "max(amount) filter (line_code = 'total_liabilities_and_equity') from finance.statement_line "
        "where statement = 'balance_sheet' group by all"
    ).fetchall()
    assert all(assets == liabilities and assets != 0 for _, _, assets, liabilities in rows)
    expected = {
        (entity_id(organization), day(closing))
        for closing in ledger.closings
        for organization in ledger.organizations
        if ledger.has(closing, organization)
    } | {(GROUP, day(closing)) for closing in ledger.closings}
    assert {(entity, end) for entity, end, _, _ in rows} == expected


@pytest.mark.parametrize("line_code", sorted(ACCOUNTS))
def test_every_line_is_what_the_sources_own_account_tree_gives(
    mart: duckdb.DuckDBPyConnection, ledger: Ledger, line_code: str
) -> None:
    published = {
        (entity, end): amount
        for entity, end, amount in mart.execute(
            "select entity_id, period_end, amount from finance.statement_line where line_code = ? "
            "and scenario = 'actual' and consolidation = 'entity' and closing_type = 'regular'",
            [line_code],
        ).fetchall()
    }
    expected = {
        (entity_id(organization), day(closing)): ledger.amount(line_code, closing, organization)
        for closing in ledger.closings
        for organization in ledger.organizations
        if ledger.has(closing, organization)
    }
    assert published == expected


def window(ledger: Ledger, closing: int, closings: int) -> list[int]:
    last = ledger.closings.index(closing)
    return ledger.closings[max(last - closings + 1, 0) : last + 1]


def day_metrics(ledger: Ledger, closing: int, organization: int, closings: int) -> dict[str, Decimal | None]:
    """DSO, DIO, DPO and CCC by the book: average balance of n+1 closings times days over the window's flow.

    None where the flow is not above zero: payables over negative purchases are no days.
    """
    flows = window(ledger, closing, closings)
    before = ledger.closings.index(flows[0]) - 1
    points = [*([ledger.closings[before]] if before >= 0 else []), *flows]
    points = [point for point in points if ledger.has(point, organization)]
    opening_day = day(ledger.closings[before]) if before >= 0 else date(2010, 11, 29)
    days = Decimal((day(closing) - opening_day).days)

    def flow(line_code: str) -> Decimal:
        return sum((ledger.amount(line_code, point, organization) for point in flows), Decimal(0))

    def average(line_code: str) -> Decimal:
        return sum((ledger.amount(line_code, point, organization) for point in points), Decimal(0)) / len(points)

    growth = ledger.amount("inventory", closing, organization) - ledger.amount("inventory", points[0], organization)

    def in_days(line_code: str, amount: Decimal) -> Decimal | None:
        return average(line_code) * days / amount if amount > 0 else None

    dso = in_days("trade_receivables", flow("net_sales"))
    dio = in_days("inventory", flow("cost_of_sales"))
    dpo = in_days("trade_payables", flow("cost_of_sales") + growth)
    ccc = None if dso is None or dio is None or dpo is None else dso + dio - dpo
    return {"dso": dso, "dio": dio, "dpo": dpo, "ccc": ccc}


def published_metric(
    mart: duckdb.DuckDBPyConnection, kpi: str, entity: str, period_type: str, end: date
) -> Decimal | None:
    row = mart.execute(
        "select value from kpi.kpi_value where kpi_id = ? and entity_id = ? and period_type = ? and period_end = ? "
        "and scenario = 'actual' and dimension = 'total'",
        [kpi, entity, period_type, end],
    ).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize(("closing", "organization"), [check for check in SPOT_CHECKS if check[0] != 20121228])
def test_day_metrics_of_a_closing_are_those_by_the_book(
    mart: duckdb.DuckDBPyConnection, ledger: Ledger, closing: int, organization: int
) -> None:
    for kpi, expected in day_metrics(ledger, closing, organization, 1).items():
        published = published_metric(mart, kpi, entity_id(organization), "month", day(closing))
        assert (published is None) == (expected is None), kpi
        if expected is not None:
            assert published == pytest.approx(expected, abs=Decimal("0.00001")), kpi


def test_a_value_that_is_missing_says_why(mart: duckdb.DuckDBPyConnection) -> None:
    assert mart.execute(
        "select value, reason from kpi.kpi_value where kpi_id = 'dpo' and entity_id = 'AW-06' and period_type = 'month' "
        "and period_end = '2011-11-29' and scenario = 'actual' and dimension = 'total'"
    ).fetchall() == [(None, "denominator is negative")]


def test_members_add_up_to_the_total_in_every_window_and_none_vanishes(mart: duckdb.DuckDBPyConnection) -> None:
    compared, differing = mart.execute(
        "with sums as (select kpi_id, entity_id, period_type, period_end, scenario, dimension, sum(value) as value "
        "from kpi.kpi_value inner join kpi.kpi_definition using (kpi_id) where additivity = 'additive' group by all) "
        "select count(*), count(*) filter (abs(members.value - totals.value) >= 0.01) from sums as members "
        "inner join sums as totals using (kpi_id, entity_id, period_type, period_end, scenario) "
        "where members.dimension <> 'total' and totals.dimension = 'total'"
    ).fetchone() or (0, 0)
    assert compared > 0
    assert differing == 0


@pytest.mark.parametrize(
    ("closing", "organization"),
    [(20121128, 3), (20121128, 8), (20131129, 6), (20131129, 8), (20131129, 11), (20130430, 5)],
)
def test_day_metrics_of_twelve_closings_are_those_by_the_book(
    mart: duckdb.DuckDBPyConnection, ledger: Ledger, closing: int, organization: int
) -> None:
    for kpi, expected in day_metrics(ledger, closing, organization, 12).items():
        published = published_metric(mart, kpi, entity_id(organization), "ttm", day(closing))
        assert expected is not None, kpi
        assert published is not None, kpi
        assert published == pytest.approx(expected, abs=Decimal("0.00001")), kpi


def test_a_window_that_an_entity_does_not_fill_is_partial(mart: duckdb.DuckDBPyConnection) -> None:
    rows = mart.execute(
        "select period_end, is_partial from kpi.kpi_value where kpi_id = 'revenue' and entity_id = 'AW-11' "
        "and period_type = 'ttm' and scenario = 'actual' and dimension = 'total' and value is not null order by 1"
    ).fetchall()
    partial = {end for end, is_partial in rows if is_partial}
    assert partial
    assert max(partial) < date(2012, 11, 28) <= min(end for end, is_partial in rows if not is_partial)


@pytest.mark.parametrize("closing", [20101229, 20110701, 20111129, 20120430, 20121228, 20131129])
def test_group_revenue_is_the_sum_of_the_entities_at_average_rates(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection, ledger: Ledger, closing: int
) -> None:
    start = mart.execute("select period_start from finance.dim_closing where period_end = ?", [day(closing)]).fetchone()
    assert start is not None
    rates = dict(
        sources.execute(
            'select o."OrganizationKey", avg(cast(r."AverageRate" as decimal(18, 12))) from "DimOrganization" o '
            'join "FactCurrencyRate" r using ("CurrencyKey") where cast(r."Date" as date) between ? and ? group by 1',
            [start[0], day(closing)],
        ).fetchall()
    )
    expected = sum(
        ledger.amount("net_sales", closing, organization) * Decimal(repr(rates[organization]))
        for organization in ledger.organizations
        if ledger.has(closing, organization)
    )
    published = published_metric(mart, "revenue", GROUP, "month", day(closing))
    assert published is not None
    # Each posted amount is rounded to the cent when it is translated: half a cent for each of some dozens of amounts.
    assert published == pytest.approx(expected, abs=Decimal("0.50"))


ORDERS = (
    '(select distinct "SalesOrderNumber", "OrderDate", "OrderDateKey", "DueDateKey", "ShipDate", "ShipDateKey" '
    'from (select * exclude ("CustomerKey") from "FactInternetSales" union all by name '
    'select * exclude ("ResellerKey", "EmployeeKey") from "FactResellerSales"))'
)
SOME_CLOSINGS = [20110331, 20111129, 20120828, 20121228, 20131129]


@pytest.mark.parametrize("closing", SOME_CLOSINGS)
def test_orders_are_those_of_the_days_since_the_closing_before(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection, ledger: Ledger, closing: int
) -> None:
    before = ledger.closings[ledger.closings.index(closing) - 1]
    number, amount = sources.execute(
        'select count(distinct "SalesOrderNumber"), sum("SalesAmount") '
        'from (select * exclude ("CustomerKey") from "FactInternetSales" union all by name '
        'select * exclude ("ResellerKey", "EmployeeKey") from "FactResellerSales") '
        'where "OrderDateKey" > ? and "OrderDateKey" <= ?',
        [before, closing],
    ).fetchone() or (0, 0)
    assert published_metric(mart, "orders", GROUP, "month", day(closing)) == number
    assert published_metric(mart, "average_order_value", GROUP, "month", day(closing)) == pytest.approx(
        amount / number, abs=Decimal("0.00001")
    )


@pytest.mark.parametrize("closing", SOME_CLOSINGS)
def test_days_to_ship_are_of_the_orders_shipped_and_punctuality_is_of_the_orders_due(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection, ledger: Ledger, closing: int
) -> None:
    window = [ledger.closings[ledger.closings.index(closing) - 1], closing]
    shipped, days = sources.execute(
        f'select count(*), sum(date_diff(\'day\', "OrderDate", "ShipDate")) from {ORDERS} '
        'where "ShipDateKey" > ? and "ShipDateKey" <= ?',
        window,
    ).fetchone() or (0, 0)
    assert published_metric(mart, "order_to_ship_days", GROUP, "month", day(closing)) == pytest.approx(
        Decimal(int(days)) / shipped, abs=Decimal("0.00001")
    )
    due, on_time = sources.execute(
        f'select count(*), count(*) filter ("ShipDateKey" <= "DueDateKey") from {ORDERS} '
        'where "DueDateKey" > ? and "DueDateKey" <= ?',
        window,
    ).fetchone() or (0, 0)
    published = mart.execute(
        "select measure_id, amount from kpi.measure_value where entity_id = ? and closing_id = ("
        "select closing_id from finance.dim_closing where period_end = ? and closing_type = 'regular') "
        "and dimension = 'total' and measure_id in ('order_due_count', 'on_time_order_count')",
        [GROUP, day(closing)],
    ).fetchall()
    assert dict(published) == {"order_due_count": due, "on_time_order_count": on_time}


def test_the_rejection_rate_is_units_rejected_over_units_received(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection
) -> None:
    rejected, received = sources.execute(
        'select sum(cast("RejectedQty" as decimal(19, 4))), sum(cast("ReceivedQty" as decimal(19, 4))) from "PurchaseOrderDetail"'
    ).fetchone() or (0, 0)
    published = mart.execute(
        "select sum(numerator), sum(denominator) from kpi.kpi_value where kpi_id = 'supplier_rejection_rate' "
        "and period_type = 'month' and dimension = 'total'"
    ).fetchone()
    lines_after_the_last_period = mart.execute(
        "select coalesce(sum(rejected_qty), 0), coalesce(sum(received_qty), 0) from operations.fct_purchase_order_line "
        "where due_closing_id is null or due_closing_id not in (select closing_id from kpi.measure_value "
        "where measure_id = 'po_received_qty')"
    ).fetchone()
    assert published is not None
    assert lines_after_the_last_period is not None
    assert published[0] + lines_after_the_last_period[0] == rejected
    assert published[1] + lines_after_the_last_period[1] == received


def test_the_stock_out_rate_is_active_product_days_without_stock(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection
) -> None:
    start, end = date(2013, 10, 30), date(2013, 11, 29)
    out, active = sources.execute(
        'with days as (select i.*, (select 1) from "FactProductInventory" i where "MovementDate" between ? and ?) '
        'select count(*) filter ("UnitsBalance" <= 0), count(*) from days where exists (select 1 from "FactProductInventory" p '
        'where p."ProductKey" = days."ProductKey" and p."UnitsOut" > 0 and p."MovementDate" <= days."MovementDate" '
        'and days."MovementDate" - p."MovementDate" <= 365)',
        [start, end],
    ).fetchone() or (0, 0)
    assert published_metric(mart, "stock_out_rate", GROUP, "month", end) == pytest.approx(
        Decimal(out) / active, abs=Decimal("0.00001")
    )


def test_customer_satisfaction_is_in_the_dictionary_and_has_no_value(mart: duckdb.DuckDBPyConnection) -> None:
    assert mart.execute(
        "select has_source, caveat like 'No source%' from kpi.kpi_definition where kpi_id = 'customer_satisfaction'"
    ).fetchone() == (False, True)
    assert mart.execute("select count(*) from kpi.kpi_value where kpi_id = 'customer_satisfaction'").fetchone() == (0,)


def test_amounts_are_published_at_the_scale_that_they_have_in_core(demo_run: DemoRun) -> None:
    """`published_decimal` shortens a number before it rounds it: another scale would round twice."""
    calls = 0
    with duckdb.connect(str(demo_run.installation.warehouse), read_only=True) as warehouse:
        for file in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"):
            text = file.read_text(encoding="utf-8")
            for column, rest in re.findall(r"published_decimal\('(\w+)'([^}]*)\)", text):
                (model,) = re.findall(r"ref\('(\w+)'\)", text)
                scale = (re.findall(r"scale=(\d+)", rest) or ["6"])[0]
                (kind,) = warehouse.execute(f"select typeof({column}) from core.{model} limit 1").fetchall()
                assert kind == (f"DECIMAL(38,{scale})",), (model, column)
                calls += 1
    assert calls > 20


def test_every_figure_of_the_trial_balance_is_the_sum_of_its_lines(demo_run: DemoRun) -> None:
    with duckdb.connect(str(demo_run.installation.warehouse), read_only=True) as warehouse:
        figures, differences = figures_without_their_lines(warehouse, "warehouse")
    assert figures > 10_000
    assert differences == 0


def test_a_figure_is_traced_to_its_lines(demo_run: DemoRun) -> None:
    file = demo_run.installation.warehouse
    with duckdb.connect(str(file), read_only=True) as warehouse:
        key = "entity_id, closing_id, account_id"
        ((entity, closing, account, amount, count),) = warehouse.execute(
            f"select {key}, sum(amount), count(*) from core.trial_balance group by {key} "
            "order by count(*) desc, abs(sum(amount)) desc limit 1"
        ).fetchall()
    traced = trace(file, entity, closing, account, limit=2)

    assert (traced.figure, traced.line_sum, len(traced.lines)) == (amount, amount, 2)
    assert traced.line_count >= count > 2
    with pytest.raises(NoSuchFigure, match=f"0815 of {entity} at {closing}: the trial balance has no such figure"):
        trace(file, entity, closing, "0815")
