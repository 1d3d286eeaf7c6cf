"""A small mart to the contract of docs/published-mart.md, written by SQL, that the report's tests read.

Thirty closings, January 2020 to June 2022, then an open one; two entities, of which the European one joins in 2021; a
budget for 2020 down to operating profit; orders that are partial in the first closing; no source for satisfaction. The
company can be of any size.
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

NEWEST, WITH_BUDGET, FIRST = "2022-06", "2020-12", "2020-01"

_SQL = """
create schema kpi; create schema finance; create schema meta;

create table finance.dim_closing as
select
    strftime(month, '%Y-%m') as closing_id,
    if(n <= 30, 'regular', 'open') as closing_type,
    month::date as period_month,
    month::date as period_start,
    last_day(month) as period_end,
    year(month)::integer as fiscal_year,
    quarter(month)::integer as fiscal_quarter,
    month(month)::integer as fiscal_period,
    day(last_day(month)) as days_in_period,
    n <= 30 as is_closed,
    n
from (select n, date '2019-12-01' + to_months(n::integer) as month from range(1, 32) as r(n));
insert into finance.dim_closing
values ('FY2021-ADJ', 'year_end_adjustment', '2021-12-01', '2022-01-15', '2022-01-15', 2021, 4, 13, 1, true, null);

create table finance.dim_entity (
    entity_id varchar, entity_name varchar, parent_entity_id varchar, currency_code varchar,
    ownership_share decimal(9, 4), is_group boolean, has_ledger boolean
);
insert into finance.dim_entity values
    ('G', 'Smith & Sons <Group>', null, 'USD', 1, true, false),
    ('U', 'American Works', 'G', 'USD', 1, false, true),
    ('E', 'European Works', 'G', 'EUR', 0.5, false, true);

create table finance.exchange_rate as
select
    currency_code,
    closing_id,
    if(currency_code = 'USD', 1, 1.1 + coalesce(n, 24) % 7 / 100)::decimal(18, 8) as average_rate
from finance.dim_closing cross join (values ('USD'), ('EUR')) as c(currency_code);

create table finance.trial_balance as
select e.entity_id, c.closing_id, l.line_code, s.scenario,
    (case
        when s.scenario = 'budget' then l.base + 900 * c.n
        when c.n is null then if(l.line_code = 'rent', 750.25, 0)
        else l.base + l.step * c.n + 137.77 * (c.n * 7 % 5) + if(e.entity_id = 'E', 311.13, 0)
    end * getvariable('size')::decimal(18, 2))::decimal(18, 2) as amount
from finance.dim_closing as c
cross join finance.dim_entity as e
cross join (values
    ('trade_sales', 60000, 1000), ('standard_cost_of_sales', 21000, 300), ('labour_expenses', 14000, 210),
    ('rent', 6000, 20), ('interest_expense', 400, 3)
) as l(line_code, base, step)
cross join (values ('actual'), ('budget')) as s(scenario)
where
    e.has_ledger and c.closing_type <> 'open'
    and (e.entity_id = 'U' or (c.fiscal_year >= 2021 and c.n is not null))
    and (s.scenario = 'actual' or (c.fiscal_year = 2020 and l.line_code <> 'interest_expense'));

create table finance.statement_line as
with leaf as (
    select entity_id, closing_id, scenario, line_code, amount from finance.trial_balance
    union all
    select 'G', t.closing_id, t.scenario, t.line_code, sum(round(t.amount::decimal(28, 2) * r.average_rate, 2))::decimal(18, 2)
    from finance.trial_balance as t
    inner join finance.dim_entity as e on t.entity_id = e.entity_id
    inner join finance.exchange_rate as r on e.currency_code = r.currency_code and t.closing_id = r.closing_id
    group by all
),
line(statement, line_code, line_name, line_order, line_level, is_subtotal, plus, minus) as (values
    ('profit_and_loss', 'trade_sales', 'Trade sales', 110, 2, false, ['trade_sales'], []),
    ('profit_and_loss', 'net_sales', 'Net sales', 190, 1, true, ['trade_sales'], []),
    ('profit_and_loss', 'standard_cost_of_sales', 'Standard cost', 210, 2, false, ['standard_cost_of_sales'], []),
    ('profit_and_loss', 'cost_of_sales', 'Cost of sales', 290, 1, true, ['standard_cost_of_sales'], []),
    ('profit_and_loss', 'gross_margin', 'Gross margin', 300, 1, true, ['trade_sales'], ['standard_cost_of_sales']),
    ('profit_and_loss', 'labour_expenses', 'Labour', 410, 2, false, ['labour_expenses'], []),
    ('profit_and_loss', 'rent', 'Rent', 420, 2, false, ['rent'], []),
    ('profit_and_loss', 'operating_expenses', 'Operating expenses', 490, 1, true, ['labour_expenses', 'rent'], []),
    ('profit_and_loss', 'operating_profit', 'Operating profit', 500, 1, true, ['trade_sales'],
        ['standard_cost_of_sales', 'labour_expenses', 'rent']),
    ('profit_and_loss', 'interest_expense', 'Interest expense', 520, 2, false, ['interest_expense'], []),
    ('profit_and_loss', 'net_income', 'Net income', 700, 1, true, ['trade_sales'],
        ['standard_cost_of_sales', 'labour_expenses', 'rent', 'interest_expense']),
    ('balance_sheet', 'cash', 'Cash', 1110, 2, false, ['trade_sales'], []),
    ('balance_sheet', 'total_assets', 'Total assets', 1399, 1, true, ['trade_sales'], []),
    ('balance_sheet', 'equity', 'Equity', 2400, 2, false, ['trade_sales'], []),
    ('balance_sheet', 'total_liabilities_and_equity', 'Liabilities and equity', 2999, 1, true, ['trade_sales'], []),
    ('cash_flow', 'cf_net_income', 'Net income', 3110, 2, false, ['rent'], []),
    ('cash_flow', 'net_change_in_cash', 'Net change in cash', 3900, 1, true, ['rent'], [])
)
select
    line.statement, line.line_code, line.line_name, line.line_order, line.line_level, line.is_subtotal,
    case
        when line.statement <> 'profit_and_loss' then 0
        when line.line_code in ('trade_sales', 'net_sales', 'gross_margin', 'operating_profit', 'net_income') then 1
        else -1
    end as polarity,
    leaf.entity_id,
    leaf.closing_id, c.closing_type, c.fiscal_year, c.fiscal_period, c.period_start, c.period_end, leaf.scenario,
    e.currency_code,
    coalesce(sum(case
        when list_contains(line.plus, leaf.line_code) then leaf.amount
        when list_contains(line.minus, leaf.line_code) then -leaf.amount
    end), 0)::decimal(18, 2) as amount
from line
cross join leaf
inner join finance.dim_closing as c on leaf.closing_id = c.closing_id
inner join finance.dim_entity as e on leaf.entity_id = e.entity_id
where
    (line.statement = 'profit_and_loss' or (leaf.scenario = 'actual' and c.n is not null))
    and (line.statement <> 'cash_flow' or c.n > 1)
group by all;

create table kpi.kpi_definition as
select *, 'What it is.' as description, 'a / b' as formula, null as source_standard, null as notes
from (values
    ('revenue', 'Revenue', 'profitability', 'currency', 1, 'additive', 'month', true, null),
    ('cogs', 'Cost of goods sold', 'profitability', 'currency', -1, 'additive', 'month', true, 'Costs < orders.'),
    ('gross_margin_pct', 'Gross margin %', 'profitability', 'ratio', 1, 'ratio', 'month', true, 'Costs < orders.'),
    ('operating_profit', 'Operating profit', 'profitability', 'currency', 1, 'additive', 'month', true, null),
    ('roic', 'Return on capital', 'returns', 'ratio', 1, 'ratio', 'ttm', true, null),
    ('orders', 'Orders', 'operations', 'count', 1, 'additive', 'month', true, null),
    ('customer_satisfaction', 'Customer satisfaction', 'service', 'ratio', 1, 'ratio', 'month', false, 'Nobody asks.')
) as d(kpi_id, kpi_name, area, unit, polarity, additivity, default_period_type, has_source, caveat);

create table kpi.kpi_value as
with month_value(kpi_id, line_code) as (
    values ('revenue', 'net_sales'), ('cogs', 'cost_of_sales'), ('operating_profit', 'operating_profit')
)
select k.kpi_id, s.entity_id, 'month' as period_type, s.period_end, s.scenario, 'total' as dimension,
    s.amount::decimal(38, 10) as value, false as is_partial
from month_value as k inner join finance.statement_line as s on k.line_code = s.line_code
where s.closing_type = 'regular'
union all
select 'gross_margin_pct', m.entity_id, 'month', m.period_end, m.scenario, 'total',
    (m.amount / n.amount)::decimal(38, 10), false
from finance.statement_line as m
inner join finance.statement_line as n
    on m.entity_id = n.entity_id and m.closing_id = n.closing_id and m.scenario = n.scenario
    and n.line_code = 'net_sales'
where m.line_code = 'gross_margin' and m.closing_type = 'regular'
union all
select 'roic', 'G', 'ttm', period_end, 'actual', 'total', (0.9 + n / 1000)::decimal(38, 10), n = 12
from finance.dim_closing where n between 12 and 30
union all
select 'orders', 'G', 'month', period_end, 'actual', 'total', (40 + n * 13 % 11)::decimal(38, 10), n = 1
from finance.dim_closing where n <= 30;
alter table kpi.kpi_value add column day_count integer;
update kpi.kpi_value set day_count = if(period_type = 'ttm', 365, day(period_end));

create table meta.publication as
select '000002-abcdef01' as publication_id, timestamp '2022-07-05 04:00:00' as published_at, 'v1' as code_version,
    repeat('ab', 32) as content_hash, 2 as checks_passed, 1 as checks_warned, 0 as checks_failed;
create table meta.check_result as
from (values
    ('stock_is_positive', 'great_expectations', 'core.stock', 'warn', 'warn', '7', 7, '7 of 90 rows are < 0'),
    ('key_is_unique', 'dbt', 'core.item', 'error', 'pass', '0', 0, null),
    ('documents_notes', 'dbt', 'core.item', 'warn', 'pass', '1 notes', 0, 'Orders from before the books: 4.'),
    ('rates_do_not_jump', 'great_expectations', 'core.rate', 'warn', 'pass', '2', 2, '2 are known.'),
    ('nothing_quarantined', 'landing', 'erp.orders', 'warn', 'warn',
        '{"rows": 1, "amounts": {"net": "7.50"}, "kpis": ["orders"]}', 1, 'erp.orders: 1 row is in quarantine.')
) as c(check_id, engine, table_name, severity, status, observed, failing_rows, message);
create table meta.tie_out as
select 'balance_sheet' as tie_out_id, 'Balance sheet' as tie_out_name, entity_id, period_end, 'Assets' as amount_a_name,
    amount::decimal(38, 2) as amount_a, 'Claims' as amount_b_name, amount::decimal(38, 2) as amount_b,
    0::decimal(38, 2) as difference, true as ties, true as is_expected_to_tie, currency_code,
    null::varchar as explanation, null::varchar as detail
from finance.statement_line where line_code = 'total_assets'
union all
select 'orders', 'Ledger to orders', 'G', period_end, 'Ledger', 5000, 'Orders', 4000, 1000, false, false, 'USD',
    'Nobody knows.', 'with X'
from finance.dim_closing where n <= 30;
create table meta.tie_out_rule as
from (values
    ('orders', 'Ledger to orders', 'differs', null, null),
    ('payroll', 'Personnel: ledger to payroll', 'no source', 'payroll_line', null),
    ('stock', 'Inventory: ledger to stock', 'off', null, 'The stock is kept by others.')
) as t(tie_out_id, tie_out_name, status, missing_source, off_reason);
create table meta.source_batch as
from (values
    ('erp', 'journal', 'b1', timestamp '2022-07-05 03:00:00', 900, 2, 24.0),
    ('erp', 'orders', 'b2', timestamp '2022-07-01 03:00:00', 100, 0, 24.0)
) as s(source_system, source_table, batch_id, known_at, row_count, quarantined_count, max_age_hours);
create view meta.source_freshness as select *, false as is_fresh from meta.source_batch;
"""


def write_small_mart(path: Path, *, size: Decimal = Decimal(100)) -> Path:
    """Write the mart to `path` and return it. The group's sales are about 200,000 times `size` at the newest closing."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("set variable size = ?", [size])
        connection.execute(_SQL)
    return path


@pytest.fixture
def mart(tmp_path: Path) -> Path:
    return write_small_mart(tmp_path / "mart.duckdb")


def test_the_small_mart_has_the_group_as_the_sum_of_its_translated_entities(mart: Path) -> None:
    with duckdb.connect(str(mart), read_only=True) as connection:
        (wrong,) = connection.execute(
            """
            select count(*) from (
                select sum(if(e.is_group, -s.amount, round(s.amount * r.average_rate, 2))) as gap
                from finance.statement_line as s
                inner join finance.dim_entity as e using (entity_id)
                inner join finance.exchange_rate as r
                    on e.currency_code = r.currency_code and s.closing_id = r.closing_id
                where s.statement = 'profit_and_loss' and not s.is_subtotal
                group by s.line_code, s.closing_id, s.scenario
                having gap <> 0
            )
            """
        ).fetchone() or (None,)
    assert wrong == 0
