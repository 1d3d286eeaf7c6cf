-- Grain: one row per product version and day; a version is active while it was issued within the last 365 days.
with

balances as (select * from {{ ref('stg_adventureworks_operations__fact_product_inventory') }}),

calendar as (select * from {{ ref('calendar_day') }}),

last_issue as (
    select
        *,
        max(case when issued_qty > 0 then balance_on end) over (
            partition by product_key order by balance_on
            rows between unbounded preceding and current row
        ) as last_issued_on
    from balances
)

select
    last_issue.product_key,
    last_issue.balance_on,
    calendar.closing_id,
    last_issue.balance_on = calendar.period_end as is_period_end,
    last_issue.received_qty,
    last_issue.issued_qty,
    last_issue.balance_qty,
    last_issue.unit_cost_amount,
    cast(last_issue.balance_qty * last_issue.unit_cost_amount as decimal(19, 4)) as stock_value_amount,
    coalesce(
        last_issue.last_issued_on >= {{ dbt.dateadd('day', -365, 'last_issue.balance_on') }}, false
    ) as is_active,
    last_issue.balance_qty <= 0 as is_stock_out,
    {{ lineage_columns('last_issue') }}
from last_issue
left join calendar on last_issue.balance_on = calendar.date_day
