"""The true numbers: held against the delivered files by SQL, against each other, and against the KPI dictionary."""

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from orchestration.company.statement_lines import LAYOUTS, product_layout
from orchestration.kpis.dictionary import load_dictionary
from orchestration.simulation.processes.demand import place_orders
from orchestration.simulation.setting.calendars import Calendar
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.simulate import Options, simulate, world_of
from orchestration.simulation.truth.statements import statement_lines

EXACT = {"amount": "DECIMAL(38,6)", "value": "DECIMAL(38,10)", "department_code": "VARCHAR", "account_code": "VARCHAR"}
"""Columns that a CSV reader would otherwise take for something else."""

SEED = 26
"""A company of which two lines, ordered on the last day, are cancelled after it: nobody knows that yet."""

STRUCTURE = LAYOUTS / "by_function.csv"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A connection with a view on every table and every truth file (truth_<name>) of a company of two years."""
    folder = simulate(tmp_path_factory.mktemp("simulated") / "company", Options(years=2, scale=0.4, seed=SEED)).folder
    connection = duckdb.connect()
    for path in folder.iterdir():
        if path.name != "truth":
            connection.execute(f"CREATE VIEW {path.name} AS FROM read_parquet('{path}/*.parquet')")
    for path in (folder / "truth").glob("*.csv"):
        header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        typed = ", ".join(f"'{name}': '{kind}'" for name, kind in EXACT.items() if name in header)
        types = f", types = {{{typed}}}" if typed else ""
        connection.execute(f"CREATE VIEW truth_{path.stem} AS FROM read_csv('{path}', header = true{types})")
    return connection


def one(company: duckdb.DuckDBPyConnection, query: str) -> object:
    row = company.execute(query).fetchone()
    assert row is not None
    return row[0]


def differences(company: duckdb.DuckDBPyConnection, said: str, found: str) -> list[tuple[object, ...]]:
    """Rows that are in one of two queries only."""
    return company.execute(
        f"(({said}) EXCEPT ALL ({found})) UNION ALL (({found}) EXCEPT ALL ({said})) LIMIT 10"
    ).fetchall()


NO_TRUTH_YET = {
    "order_backlog",
    "late_backlog_pct",
    "overdue_receivables",
    "overdue_receivables_pct",
    "overdue_payables",
}
"""KPIs of what is open: their tie-outs with the ledger are held to the cent instead."""
MEASURES_WITHOUT_TRUTH = {
    "order_backlog_amount",
    "late_backlog_amount",
    "receivable_open_amount",
    "receivable_overdue_amount",
    "payable_open_amount",
    "payable_overdue_amount",
    "debt",  # of roles; the lines that it is the sum of have a truth
}


def test_every_kpi_of_the_dictionary_is_there_with_its_periods_and_nothing_else_is_said_to_be(
    company: duckdb.DuckDBPyConnection,
) -> None:
    dictionary = load_dictionary(statement_lines=product_layout("by_function"))
    found: dict[str, set[str]] = defaultdict(set)
    for kpi, period_type in company.execute(
        "SELECT DISTINCT kpi_id, period_type FROM truth_kpi_value WHERE is_in_dictionary"
    ).fetchall():
        found[kpi].add(period_type)
    assert found == {kpi.id: set(kpi.periods) for kpi in dictionary.kpis if kpi.id not in NO_TRUTH_YET}
    measures = company.execute("SELECT DISTINCT measure_id FROM truth_measure_value WHERE is_in_dictionary").fetchall()
    assert {row[0] for row in measures} == (
        {m.id for m in dictionary.measures} - set(statement_lines()) - MEASURES_WITHOUT_TRUTH
    )


def test_the_lines_of_the_statements_are_those_of_the_product() -> None:
    with STRUCTURE.open(encoding="utf-8", newline="") as handle:
        seed = {(r["line_code"], r["parent_line_code"], int(r["presentation_sign"])) for r in csv.DictReader(handle)}
    assert {(line.code, line.parent, line.sign) for line in statement_lines().values()} == seed


def test_the_trial_balance_is_the_sum_of_the_journal_lines(company: duckdb.DuckDBPyConnection) -> None:
    said = (
        "SELECT entity_id, period_id, account_code, department_code, amount FROM truth_trial_balance "
        "WHERE balance_type = 'movement'"
    )
    found = (
        "SELECT entity_id, period_id, account_code, department_code, sum(amount)::DECIMAL(38,6) FROM journal_line "
        "WHERE account_code >= '4' AND journal_type <> 'year_end_close' GROUP BY ALL HAVING sum(amount) <> 0"
    )
    assert differences(company, said, found) == []
    balances = """
        SELECT p.entity_id, p.period_id, j.account_code, sum(j.amount)::DECIMAL(38,6)
        FROM fiscal_period p JOIN journal_line j ON j.entity_id = p.entity_id AND j.account_code < '4' AND (
            j.period_id <= p.period_id)
        WHERE p.period_type IN ('opening', 'regular') GROUP BY ALL HAVING sum(j.amount) <> 0
    """
    told = (
        "SELECT entity_id, period_id, account_code, amount FROM truth_trial_balance "
        "WHERE balance_type = 'balance' AND account_code <> '2440'"
    )
    assert differences(company, told, balances) == []


def test_balance_sheets_balance_and_cash_flows_explain_cash(company: duckdb.DuckDBPyConnection) -> None:
    assert (
        company.execute(
            """
        SELECT entity_id, period_id, consolidation, sum(CASE line_code WHEN 'total_assets' THEN amount ELSE -amount END)
        FROM truth_statement_line WHERE line_code IN ('total_assets', 'total_liabilities_and_equity')
        GROUP BY ALL HAVING sum(CASE line_code WHEN 'total_assets' THEN amount ELSE -amount END) <> 0
        """
        ).fetchall()
        == []
    )
    assert (
        company.execute(
            """
        WITH lines AS (
            SELECT entity_id, period_id, line_code, amount FROM truth_statement_line
            WHERE consolidation IN ('entity', 'group_before_eliminations')),
        cash AS (SELECT *, amount - lag(amount) OVER (PARTITION BY entity_id ORDER BY period_id) AS change
            FROM lines WHERE line_code = 'cash')
        FROM cash JOIN lines AS flow USING (entity_id, period_id)
        WHERE flow.line_code = 'net_change_in_cash' AND flow.amount <> cash.change
        """
        ).fetchall()
        == []
    )
    assert (
        one(company, "SELECT count(*) FROM truth_statement_line WHERE line_code = 'net_change_in_cash' AND amount <> 0")
        == 24 * 5
    )


def test_net_income_is_the_movement_of_the_result_of_the_year(company: duckdb.DuckDBPyConnection) -> None:
    rows = company.execute(
        """
        SELECT entity_id, consolidation, period_id, sum(amount) FILTER (line_code = 'net_income') AS income,
            sum(amount) FILTER (line_code = 'current_retained_earnings') AS result
        FROM truth_statement_line WHERE period_id NOT LIKE '%-00' AND consolidation <> 'elimination'
        GROUP BY ALL ORDER BY 1, 2, 3
        """
    ).fetchall()
    before: dict[object, Decimal] = {}
    for entity, view, period, income, result in rows:
        start = Decimal(0) if period.endswith("-01") else before[entity, view]
        assert income == result - start, (entity, view, period)
        before[entity, view] = result


def test_the_group_has_no_intercompany_lines_left_and_every_elimination_is_balanced(
    company: duckdb.DuckDBPyConnection,
) -> None:
    left = (
        "SELECT count(*) FROM truth_statement_line WHERE consolidation = 'group' AND amount <> 0 AND line_code IN "
        "('intercompany_sales', 'intercompany_receivables', 'intercompany_payables', 'other_assets')"
    )
    assert one(company, left) == 0
    unbalanced = (
        "SELECT period_id, elimination, statement FROM truth_elimination WHERE NOT (elimination = 'unrealised_profit' "
        "AND statement = 'profit_and_loss') GROUP BY ALL HAVING sum(amount) <> 0"
    )
    assert company.execute(unbalanced).fetchall() == []
    gap = (
        "SELECT max(abs(amount)) FROM truth_elimination WHERE elimination = 'intercompany_balances' "
        "AND line_code = 'translation_adjustment' AND period_id <> '2023-00'"
    )
    assert one(company, gap) < 1  # type: ignore[operator]  # cents of rounding


def rates_of_the_months(company: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Mean rate, half up to 8 decimals, and closing rate by currency and calendar month."""
    months: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for currency, day, average, end in company.execute(
        "SELECT currency_code, rate_on, average_rate, end_of_day_rate FROM exchange_rate ORDER BY rate_on"
    ).fetchall():
        months[currency, f"{day:%Y-%m}"].append((average, end))
    cent = Decimal("0.00000001")
    return {
        key: ((sum(a for a, _ in days) / len(days)).quantize(cent, ROUND_HALF_UP), days[-1][1])
        for key, days in months.items()
    }


def test_the_group_translates_movements_at_mean_and_balances_at_closing_rates(
    company: duckdb.DuckDBPyConnection,
) -> None:
    rates = rates_of_the_months(company)
    accounts = {
        row[0]: row[1] for row in company.execute("SELECT account_code, statement_line_code FROM account").fetchall()
    }
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    rows = company.execute(
        "SELECT period_id, account_code, balance_type, currency_code, amount FROM truth_trial_balance "
        "WHERE account_code <> '2440' AND period_id NOT LIKE '%-13'"
    ).fetchall()
    for period, code, kind, currency, amount in rows:
        month = "2022-12" if period == "2023-00" else period
        rate = rates[currency, month][kind == "balance"]
        found[period, accounts[code]] += (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
    said = company.execute(
        "SELECT period_id, line_code, amount FROM truth_statement_line WHERE consolidation = 'group_before_eliminations'"
    ).fetchall()
    told = {(period, code): amount * statement_lines()[code].sign for period, code, amount in said}
    assert {key: told[key] for key in found} == found


COUNTED = {
    "order_count": """
        SELECT entity_id, period_id, count(DISTINCT sales_order_id) FROM live JOIN of_day ON ordered_on = day
            AND live.entity_id = of_day.entity GROUP BY ALL""",
    "sales_order_amount": """
        SELECT entity_id, period_id, sum(sales_group_amount) FROM live JOIN of_day ON ordered_on = day
            AND live.entity_id = of_day.entity GROUP BY ALL""",
    "order_product_cost_amount": """
        SELECT entity_id, period_id, sum(cost_group_amount) FROM live JOIN of_day ON ordered_on = day
            AND live.entity_id = of_day.entity GROUP BY ALL""",
    "order_line_count": """
        SELECT entity_id, period_id, count(*) FROM live JOIN of_day ON ordered_on = day
            AND live.entity_id = of_day.entity GROUP BY ALL""",
    "costed_order_line_count": """
        SELECT entity_id, period_id, count(cost_group_amount) FROM live JOIN of_day ON ordered_on = day
            AND live.entity_id = of_day.entity GROUP BY ALL""",
    "line_due_count": """
        SELECT entity_id, period_id, count(*) FROM live JOIN of_day ON promised_on = day
            AND live.entity_id = of_day.entity GROUP BY ALL""",
    "below_cost_line_count": """
        SELECT entity_id, period_id, count(*) FILTER (sales_group_amount < cost_group_amount) FROM live JOIN of_day
            ON ordered_on = day AND live.entity_id = of_day.entity GROUP BY ALL""",
    "quota_order_amount": """
        SELECT entity_id, period_id, coalesce(sum(sales_group_amount) FILTER (channel = 'reseller'), 0) FROM live
            JOIN of_day ON ordered_on = day AND live.entity_id = of_day.entity GROUP BY ALL""",
    "on_time_order_count": """
        SELECT entity_id, period_id, count(*) FILTER (shipped_on <= promised_on) FROM shipped_orders JOIN of_day
            ON promised_on = day AND shipped_orders.entity_id = of_day.entity GROUP BY ALL""",
    "order_due_count": """
        SELECT entity_id, period_id, count(*) FROM shipped_orders JOIN of_day
            ON promised_on = day AND shipped_orders.entity_id = of_day.entity GROUP BY ALL""",
    "order_shipped_count": """
        SELECT entity_id, period_id, count(*) FROM shipped_orders JOIN of_day
            ON shipped_on = day AND shipped_orders.entity_id = of_day.entity GROUP BY ALL""",
    "order_to_ship_days": """
        SELECT entity_id, period_id, sum(shipped_on - ordered_on) FROM shipped_orders JOIN of_day
            ON shipped_on = day AND shipped_orders.entity_id = of_day.entity GROUP BY ALL""",
    "stock_out_product_days": """
        WITH issues AS (SELECT *, max(CASE WHEN issued_qty > 0 THEN balance_on END) OVER (
            PARTITION BY site_id, product_id ORDER BY balance_on) AS last_issued_on FROM stock_balance)
        SELECT entity_id, period_id, count(*) FILTER (balance_qty <= 0 AND last_issued_on >= balance_on - 365)
        FROM issues JOIN of_day ON balance_on = day AND issues.entity_id = of_day.entity GROUP BY ALL""",
    "active_product_days": """
        WITH issues AS (SELECT *, max(CASE WHEN issued_qty > 0 THEN balance_on END) OVER (
            PARTITION BY site_id, product_id ORDER BY balance_on) AS last_issued_on FROM stock_balance)
        SELECT entity_id, period_id, count(*) FILTER (last_issued_on >= balance_on - 365)
        FROM issues JOIN of_day ON balance_on = day AND issues.entity_id = of_day.entity GROUP BY ALL""",
    "po_line_on_time_count": """
        SELECT entity_id, period_id, count(*) FILTER (received_on <= due_on AND received_qty >= ordered_qty) FROM bought JOIN of_day ON due_on = day
            AND bought.entity_id = of_day.entity GROUP BY ALL""",
    "po_line_received_count": """
        SELECT entity_id, period_id, count(received_qty) FROM bought JOIN of_day
            ON due_on = day AND bought.entity_id = of_day.entity GROUP BY ALL""",
    "po_line_short_count": """
        SELECT entity_id, period_id, count(*) FILTER (received_qty < ordered_qty) FROM bought JOIN of_day
            ON due_on = day AND bought.entity_id = of_day.entity GROUP BY ALL""",
    "po_received_qty": """
        SELECT entity_id, period_id, coalesce(sum(received_qty), 0) FROM bought JOIN of_day ON due_on = day
            AND bought.entity_id = of_day.entity GROUP BY ALL""",
    "satisfied_rating_count": """
        SELECT entity_id, period_id, count(*) FILTER (satisfaction_score >= 4) FROM ticket JOIN of_day
            ON entered_on = day AND ticket.entity_id = of_day.entity GROUP BY ALL""",
    "scrap_qty": """
        SELECT entity_id, period_id, sum(scrap_qty) FROM work_order JOIN of_day ON finished_on = day
            AND work_order.entity_id = of_day.entity GROUP BY ALL""",
    "planned_busy_minutes": """
        SELECT entity_id, period_id, sum(planned_busy_minutes) FROM machine_day JOIN work_centre USING (work_centre_id)
            JOIN site USING (site_id) JOIN of_day ON worked_on = day AND site.entity_id = of_day.entity GROUP BY ALL""",
}
"""Measures counted once more, from the delivered files."""


def test_what_is_cancelled_after_the_last_day_is_an_order_still() -> None:
    """The company of this file has such lines; that they are counted is in the measures compared below."""
    orders = place_orders(world_of(Options(years=2, scale=0.4, seed=SEED)))
    last = Calendar(2).last_days
    later = (orders.cancelled > last[orders.line_entity]) & (
        orders.ordered[orders.line_order] <= last[orders.line_entity]
    )
    assert later.sum() == 2
    assert orders.stands_on(last)[later].all()
    assert not orders.is_live[later].any()


@pytest.mark.parametrize("measure", COUNTED)
def test_a_measure_is_what_the_delivered_files_give(company: duckdb.DuckDBPyConnection, measure: str) -> None:
    company.execute(
        """
        CREATE OR REPLACE TEMP VIEW of_day AS SELECT entity_id AS entity, period_id,
            unnest(generate_series(starts_on, ends_on, INTERVAL 1 DAY))::DATE AS day
        FROM fiscal_period WHERE period_type = 'regular';
        CREATE OR REPLACE TEMP VIEW live AS SELECT o.*, l.* EXCLUDE (sales_order_id, entered_on)
        FROM sales_order o JOIN sales_order_line l USING (sales_order_id)
        ANTI JOIN (FROM sales_order_change WHERE change_type = 'cancelled') c
            ON o.sales_order_id = c.sales_order_id AND l.line_number = c.line_number
        WHERE o.order_type = 'customer';
        CREATE OR REPLACE TEMP VIEW shipped_orders AS
        WITH sent AS (SELECT sales_order_id, sales_order_line_number AS line_number, sum(shipped_qty) AS qty,
            max(shipped_on) AS shipped_on FROM shipment_line GROUP BY ALL)
        SELECT live.entity_id, sales_order_id, ordered_on, promised_on,
            CASE WHEN bool_and(coalesce(qty, 0) = ordered_qty) THEN max(shipped_on) END AS shipped_on
        FROM live LEFT JOIN sent USING (sales_order_id, line_number) GROUP BY ALL;
        CREATE OR REPLACE TEMP VIEW bought AS
        SELECT o.entity_id, l.*, r.received_qty, r.received_on FROM purchase_order o
        JOIN purchase_order_line l USING (purchase_order_id) LEFT JOIN goods_receipt_line r USING (purchase_order_id);
        """
    )
    said = f"SELECT entity_id, period_id, amount FROM truth_measure_value WHERE measure_id = '{measure}' AND entity_id <> 'TV00' AND amount <> 0"
    found = f"SELECT entity_id, period_id, v::DECIMAL(38,6) FROM ({COUNTED[measure]}) f(entity_id, period_id, v) WHERE v <> 0"
    assert differences(company, said, found) == []
    assert one(company, f"SELECT count(*) FROM ({said})") > 0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("account", "documents"),
    [
        ("1120", "SELECT entity_id, invoiced_on, entity_amount FROM customer_invoice UNION ALL "
                 "SELECT entity_id, paid_on, -settled_entity_amount FROM customer_payment UNION ALL "
                 "SELECT entity_id, written_off_on, -entity_amount FROM receivable_write_off"),
        ("2130", "SELECT entity_id, invoiced_on, -entity_amount FROM supplier_invoice UNION ALL "
                 "SELECT p.entity_id, p.paid_on, i.entity_amount FROM supplier_payment p "
                 "JOIN supplier_invoice i USING (supplier_invoice_id)"),
        ("1110", "SELECT entity_id, booked_on, amount FROM bank_transaction"),
    ],
)  # fmt: skip
def test_a_subledger_is_what_its_documents_give_on_every_day(
    company: duckdb.DuckDBPyConnection, account: str, documents: str
) -> None:
    found = f"""
        WITH documents(entity_id, day, amount) AS ({documents}),
        days AS (SELECT entity_id, balance_on FROM truth_subledger_balance WHERE account_code = '{account}')
        SELECT days.entity_id, days.balance_on, coalesce(sum(amount), 0)::DECIMAL(38,6) FROM days LEFT JOIN documents
            ON documents.entity_id = days.entity_id AND documents.day <= days.balance_on GROUP BY ALL
    """
    said = f"SELECT entity_id, balance_on, amount FROM truth_subledger_balance WHERE account_code = '{account}'"
    assert differences(company, said, found) == []


def test_a_kpi_of_the_ledger_is_its_formula(company: duckdb.DuckDBPyConnection) -> None:
    """Days sales outstanding of a quarter, from the trial balance by hand."""
    found = company.execute(
        """
        WITH ar AS (SELECT period_id, sum(amount) AS amount FROM truth_trial_balance WHERE entity_id = 'US01'
            AND account_code IN ('1120', '1125') AND period_id IN ('2023-03', '2023-04', '2023-05', '2023-06') GROUP BY ALL),
        days AS (SELECT sum(ends_on - starts_on + 1) AS days FROM fiscal_period WHERE entity_id = 'US01'
            AND period_id IN ('2023-04', '2023-05', '2023-06')),
        sales AS (SELECT -sum(amount) AS sales FROM truth_trial_balance WHERE entity_id = 'US01'
            AND account_code IN ('4010', '4020', '4110', '4120') AND period_id IN ('2023-04', '2023-05', '2023-06'))
        SELECT avg(amount) * any_value(days) / any_value(sales) FROM ar, days, sales
        """
    ).fetchone()
    said = one(
        company,
        "SELECT value FROM truth_kpi_value WHERE kpi_id = 'dso' AND entity_id = 'US01' AND period_type = 'quarter' "
        "AND period_id = '2023-06'",
    )
    assert float(said) == pytest.approx(found[0], rel=1e-9)  # type: ignore[arg-type, index]


def test_ratios_are_their_numerator_over_their_denominator(company: duckdb.DuckDBPyConnection) -> None:
    wrong = (
        "SELECT * FROM truth_kpi_value WHERE denominator IS NOT NULL AND denominator <> 0 "
        "AND abs(value - numerator::DOUBLE / denominator) > 1e-6 * greatest(1, abs(value))"
    )
    assert company.execute(wrong).fetchall() == []
    assert company.execute("SELECT * FROM truth_kpi_value WHERE denominator = 0 AND value IS NOT NULL").fetchall() == []


def test_price_volume_and_mix_add_up_to_the_change_of_sales(company: duckdb.DuckDBPyConnection) -> None:
    rows = company.execute("FROM truth_price_volume_mix").fetchall()
    assert len(rows) == len(ENTITIES) + 1
    for entity, _, base, *parts, actual in rows:
        assert sum(parts) + base == pytest.approx(actual, abs=1e-4), entity
        assert (parts[-1] == 0) == (entity != "TV00")
