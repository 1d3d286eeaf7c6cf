-- Grain: one row per fiscal period of the ledger: closed ones, and open ones after the last.
-- The ledger closes on days of its own (2011-03-01 closes February), and calendar months of those dates would give
-- months with two closings and months with none. A date with asset balances is a regular closing; it closes the month
-- in which the day two weeks before it falls. A date without them holds adjustments, and is the end of no period.
with

ledger as (select * from {{ ref('stg_adventureworks_finance__fact_finance') }}),

accounts as (select * from {{ ref('stg_adventureworks_finance__dim_account') }}),

days as (select * from {{ ref('stg_adventureworks_finance__dim_date') }}),

ledger_dates as (
    select
        ledger.closing_on,
        max(case when accounts.account_type = 'Assets' then 1 else 0 end) as has_asset_balances
    from ledger
    inner join accounts on ledger.account_key = accounts.account_key
    group by ledger.closing_on
),

regular as (
    select
        closing_on as period_end,
        cast(
            {{ dbt.date_trunc('month', dbt.dateadd('day', -14, 'closing_on')) }} as date
        ) as period_month,
        lag(closing_on) over (order by closing_on) as previous_closing_on
    from ledger_dates
    where has_asset_balances = 1
),

last_regular as (select max(period_end) as period_end, max(period_month) as period_month from regular),

operations_end as (
    select max(last_on) as last_on
    from (
        select max(ordered_on) as last_on from {{ ref('stg_adventureworks_erp__purchase_order_header') }}
        union all
        select max(balance_on) as last_on from {{ ref('stg_adventureworks_operations__fact_product_inventory') }}
        union all
        select max(shift_on) as last_on from {{ ref('stg_adventureworks_operations__fact_call_center') }}
        union all
        select max(ordered_on) as last_on from {{ ref('stg_adventureworks_operations__fact_internet_sales') }}
    ) as last_days
),

open_periods as (
    select
        max(days.date_day) as period_end,
        cast({{ dbt.date_trunc('month', 'days.date_day') }} as date) as period_month,
        {{ dbt.dateadd('day', -1, 'min(days.date_day)') }} as previous_closing_on
    from days
    cross join last_regular
    cross join operations_end
    where
        days.date_day > last_regular.period_end
        and days.date_day <= cast({{ dbt.last_day('operations_end.last_on', 'month') }} as date)
        and {{ dbt.date_trunc('month', 'days.date_day') }} > last_regular.period_month
    group by cast({{ dbt.date_trunc('month', 'days.date_day') }} as date)
),

first_open as (select min(period_month) as period_month from open_periods),

periods as (
    select
        'regular' as closing_type,
        period_end,
        period_month,
        cast(coalesce(
            {{ dbt.dateadd('day', 1, 'previous_closing_on') }},
            {{ dbt.dateadd('day', 1, dbt.dateadd('month', -1, 'period_end')) }}
        ) as date) as period_start
    from regular
    union all
    select
        'open' as closing_type,
        open_periods.period_end,
        open_periods.period_month,
        cast(case
            when open_periods.period_month = first_open.period_month
                then {{ dbt.dateadd('day', 1, 'last_regular.period_end') }}
            else {{ dbt.dateadd('day', 1, 'open_periods.previous_closing_on') }}
        end as date) as period_start
    from open_periods
    cross join first_open
    cross join last_regular
),

fiscal as (
    select
        *,
        cast({{ fiscal_year('period_month') }} as {{ dbt.type_int() }}) as fiscal_year,
        cast({{ fiscal_period('period_month') }} as {{ dbt.type_int() }}) as fiscal_period
    from periods
)

select
    'closing_days' as calendar_id,
    substring(cast(period_month as {{ dbt.type_string() }}), 1, 7) as period_id,
    fiscal_year,
    fiscal_period,
    period_start as starts_on,
    period_end as ends_on,
    12 as periods_in_year
from fiscal
