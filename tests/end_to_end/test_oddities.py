"""What is odd in the demo company's data (its README lists it): each oddity is handled by a rule, and the rule is tested."""

from datetime import date

import duckdb
import pytest

from tests.end_to_end.ledger_by_tree import Ledger


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_each_closing_is_one_month_and_the_three_stray_dates_adjust_the_year_before(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    regular = mart.execute(
        "select period_month, count(*) from finance.dim_closing where closing_type = 'regular' group by 1 order by 1"
    ).fetchall()
    assert len(regular) == 36
    assert {count for _, count in regular} == {1}
    assert regular[0][0] == date(2010, 12, 1)
    assert regular[-1][0] == date(2013, 11, 1)
    adjustments = mart.execute(
        "select c.period_end, c.fiscal_year, count(*) from finance.dim_closing c "
        "join finance.trial_balance t on t.closing_id = c.closing_id where c.closing_type = 'year_end_adjustment' "
        "group by all order by 1"
    ).fetchall()
    assert adjustments == [
        (date(2011, 12, 28), 2011, 18),
        (date(2012, 12, 27), 2012, 28),
        (date(2013, 12, 28), 2013, 33),
    ]


def test_adjustments_net_to_nothing_and_are_in_the_year_but_in_no_month(mart: duckdb.DuckDBPyConnection) -> None:
    assert one(
        mart,
        "select count(*), count(*) filter (ties) from meta.tie_out where tie_out_id = 'year_end_adjustments'",
    ) == (23, 23)
    months, adjustment, year = one(
        mart,
        "select (select sum(value) from kpi.kpi_value where kpi_id = 'operating_expenses' and entity_id = 'AW-03' "
        "and period_type = 'month' and scenario = 'actual' and dimension = 'total' and period_end between '2010-12-29' and '2011-11-29'), "
        "(select sum(amount) from finance.statement_line where line_code = 'operating_expenses' and entity_id = 'AW-03' "
        "and closing_id = 'FY2011-ADJ'), (select value from kpi.kpi_value where kpi_id = 'operating_expenses' "
        "and entity_id = 'AW-03' and period_type = 'year' and scenario = 'actual' and dimension = 'total' and period_end = '2011-11-29')",
    )
    assert adjustment != 0
    assert months + adjustment == year  # type: ignore[operator]


def test_the_ledgers_fiscal_year_starts_where_its_retained_earnings_start_again(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    count, ties = one(
        mart, "select count(*), count(*) filter (ties) from meta.tie_out where tie_out_id = 'retained_earnings'"
    )
    assert count == ties
    assert count == 276 + 36  # entities' closings and the group's


def test_amounts_without_a_sign_become_debits_and_credits_that_balance(mart: duckdb.DuckDBPyConnection) -> None:
    assert one(
        mart,
        "select count(*) from (select entity_id, period_end from finance.trial_balance where balance_type = 'balance' "
        "group by all having sum(amount) <> 0)",
    ) == (0,)


def test_ledger_and_orders_do_not_tie_and_the_mart_says_by_how_much(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection
) -> None:
    rows = mart.execute(
        "select period_end, amount_a, amount_b, difference, ties, is_expected_to_tie from meta.tie_out "
        "where tie_out_id = 'sales_reseller_orders'"
    ).fetchall()
    assert len(rows) == 36
    assert all(a - b == difference and not ties and not expected for _, a, b, difference, ties, expected in rows)
    orders = dict(
        sources.execute(
            'select cast("OrderDate" as date), sum("SalesAmount") from "FactResellerSales" group by 1'
        ).fetchall()
    )
    shown = {end: b for end, _, b, *_ in rows}
    assert shown[date(2011, 11, 29)] == orders[date(2011, 11, 29)]
    ratios = {end: a / b for end, a, b, *_ in rows}
    assert max(ratios, key=lambda end: ratios[end]) == date(2011, 11, 29)


def test_the_ratios_that_the_caveat_names_are_those_of_the_data(sources: duckdb.DuckDBPyConnection) -> None:
    ledger = Ledger(sources)
    orders = dict(
        sources.execute('select "OrderDateKey", sum("SalesAmount") from "FactResellerSales" group by 1').fetchall()
    )
    trade_sales = dict(
        sources.execute(
            'select f."DateKey", sum(cast(f."Amount" as decimal(18, 2))) from "FactFinance" f join "DimAccount" a using '
            '("AccountKey") where a."AccountDescription" = \'Trade Sales\' and f."ScenarioKey" = 1 group by 1'
        ).fetchall()
    )
    ratios = {closing: float(trade_sales[closing] / orders[closing]) for closing in ledger.closings}
    anomaly = ratios.pop(20111129)
    assert (round(min(ratios.values()), 2), round(max(ratios.values()), 2), round(anomaly, 2)) == (1.23, 1.37, 1.78)


def test_the_share_of_cost_that_the_caveat_names_is_that_of_the_tie_out(mart: duckdb.DuckDBPyConnection) -> None:
    assert one(
        mart,
        "select cast(round(100 * min(amount_a / amount_b)) as integer), cast(round(100 * max(amount_a / amount_b)) as integer) "
        "from meta.tie_out where tie_out_id = 'cost_of_sales_orders'",
    ) == (22, 50)


@pytest.mark.parametrize(
    ("check", "failing_rows"),
    [
        ("stock_is_not_negative", 3319),
        ("products_do_not_end_before_they_start", 200),
        ("no_sales_order_number_is_missing", 10),
    ],
)
def test_known_dirt_is_counted_and_published_and_no_warning(
    mart: duckdb.DuckDBPyConnection, check: str, failing_rows: int
) -> None:
    assert mart.execute(
        "select status, failing_rows from meta.check_result where check_id = ?", [check]
    ).fetchone() == ("pass", failing_rows)


def test_rows_with_dirt_are_kept_with_the_value_that_the_source_has(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection
) -> None:
    lowest, negative = one(
        sources, 'select min("UnitsBalance"), count(*) filter ("UnitsBalance" < 0) from "FactProductInventory"'
    )
    assert one(
        mart, "select min(balance_qty), count(*) filter (balance_qty < 0) from operations.fct_stock_balance"
    ) == (
        lowest,
        negative,
    )
    assert one(
        mart, "select count(*) from operations.dim_product where is_validity_reversed and valid_to_on is null"
    ) == (200,)


def test_degenerate_on_time_delivery_is_stated_beside_the_kpi(mart: duckdb.DuckDBPyConnection) -> None:
    assert one(
        mart,
        "select count(distinct value) from kpi.kpi_value where kpi_id = 'on_time_shipment' and value is not null",
    ) == (1,)
    (caveat,) = one(mart, "select caveat from kpi.kpi_definition where kpi_id = 'on_time_shipment'")
    assert "says nothing about service" in str(caveat)
    assert mart.execute(
        "select distinct order_to_ship_days from operations.fct_sales_order_line order by 1"
    ).fetchall() == [(7,), (8,)]


def test_statistical_accounts_are_not_money(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection
) -> None:
    (statistical,) = one(
        sources,
        'select count(*) from "FactFinance" join "DimAccount" using ("AccountKey") '
        "where \"AccountType\" in ('Balances', 'Flow', 'Statistical')",
    )
    assert one(mart, "select count(*) from finance.statistical_balance") == (statistical,)
    assert one(
        mart,
        "select count(*) from finance.trial_balance t join finance.dim_account a using (account_code) where a.is_statistical",
    ) == (0,)


def test_partly_owned_entities_show_their_share_and_the_group_says_what_it_is(mart: duckdb.DuckDBPyConnection) -> None:
    shares = dict(
        mart.execute("select entity_name, cast(ownership_share as double) from finance.dim_entity").fetchall()
    )
    assert {name: shares[name] for name in ("Canadian Division", "France", "Germany", "Australia")} == {
        "Canadian Division": 0.75,
        "France": 0.5,
        "Germany": 0.25,
        "Australia": 0.375,  # half of what the Pacific Operations own, of which the group owns three quarters
    }
    assert mart.execute(
        "select distinct consolidation from finance.statement_line where entity_id = 'AW-01'"
    ).fetchall() == [("group_before_eliminations",)]


def test_entities_that_joined_later_have_no_cash_flow_for_their_first_closing(mart: duckdb.DuckDBPyConnection) -> None:
    first_balance = dict(
        mart.execute(
            "select entity_id, min(period_end) from finance.statement_line where statement = 'balance_sheet' group by 1"
        ).fetchall()
    )
    first_cash_flow = dict(
        mart.execute(
            "select entity_id, min(period_end) from finance.statement_line where statement = 'cash_flow' group by 1"
        ).fetchall()
    )
    assert first_balance["AW-13"] == date(2012, 12, 28)
    assert all(first_cash_flow[entity] > first for entity, first in first_balance.items())


def test_british_orders_are_in_the_group_though_no_ledger_covers_them(
    mart: duckdb.DuckDBPyConnection, sources: duckdb.DuckDBPyConnection
) -> None:
    (british,) = one(
        sources,
        'select (select sum("SalesAmount") from "FactResellerSales" where "SalesTerritoryKey" = 10) + '
        '(select sum("SalesAmount") from "FactInternetSales" where "SalesTerritoryKey" = 10)',
    )
    assert one(
        mart,
        "select cast(sum(value) as decimal(19, 4)) from kpi.kpi_value where kpi_id = 'order_amount' and entity_id = 'AW-00' "
        "and period_type = 'month' and dimension = 'total'",
    ) == (british,)
