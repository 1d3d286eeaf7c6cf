-- Grain: one row per site, stock item and day, amounts in `currency_code`; an item is a product or a version of one, as the source has it.
-- An item is active while it was issued within the last 365 days.
with

balances as (
    {{ supplied(
        table='stock_balance',
        columns={
            'entity_id': 'string',
            'site_id': 'string',
            'stock_item_id': 'string',
            'product_key': 'int',
            'balance_on': 'date',
            'received_qty': 'int',
            'issued_qty': 'int',
            'balance_qty': 'int',
            'unit_cost_amount': 'decimal(19, 4)',
            'currency_code': 'string',
        },
    ) }}
),

calendar as (select * from {{ ref('calendar_day') }}),

last_issue as (
    select
        *,
        max(case when issued_qty > 0 then balance_on end) over (
            partition by site_id, stock_item_id order by balance_on
            rows between unbounded preceding and current row
        ) as last_issued_on
    from balances
)

select
    last_issue.entity_id,
    last_issue.site_id,
    last_issue.stock_item_id,
    last_issue.product_key,
    last_issue.balance_on,
    calendar.closing_id,
    calendar.is_period_end,
    last_issue.received_qty,
    last_issue.issued_qty,
    last_issue.balance_qty,
    last_issue.unit_cost_amount,
    cast(last_issue.balance_qty * last_issue.unit_cost_amount as decimal(19, 4)) as stock_value_amount,
    last_issue.currency_code,
    coalesce(
        last_issue.last_issued_on >= {{ dbt.dateadd('day', -365, 'last_issue.balance_on') }}, false
    ) as is_active,
    last_issue.balance_qty <= 0 as is_stock_out,
    {{ lineage_columns('last_issue') }}
from last_issue
left join calendar on last_issue.balance_on = calendar.date_day and last_issue.entity_id = calendar.entity_id
