-- Grain: one row per system, site, stock item and day, amounts in `currency_code`; an item is a product or a version of one, as the
-- source has it. Where a system has movements and no balances, they are summed: a row for each day with movements and for the last
-- day of each period, `day_count` says for how many days of its period it stands.
-- An item is active while it was issued within the last 365 days.
with

snapshots as (
    {{ supplied(
        table='stock_balance',
        columns={
            'entity_id': 'string',
            'site_id': 'string',
            'stock_item_id': 'string',
            'product_id': 'string',
            'product_version_id': 'string',
            'balance_on': 'date',
            'received_qty': 'decimal(38, 6)',
            'issued_qty': 'decimal(38, 6)',
            'balance_qty': 'decimal(38, 6)',
            'unit': 'string',
            'unit_cost': 'decimal(38, 6)',
            'currency_code': 'string',
        },
    ) }}
),

balances as (
    select
        source_system,
        entity_id,
        coalesce(site_id, 'all') as site_id,
        coalesce(stock_item_id, product_version_id, product_id) as stock_item_id,
        product_id,
        product_version_id,
        balance_on,
        received_qty,
        issued_qty,
        balance_qty,
        unit,
        unit_cost as unit_cost_amount,
        case when balance_qty = 0 then 0 else balance_qty * unit_cost end as stock_value_amount,
        currency_code,
        1 as day_count,
        false as is_from_movements,
        source_table,
        batch_id,
        source_row,
        known_at
    from snapshots
    {%- if systems_without('stock_balance', 'stock_movement') %}
    union all
    select * from {{ ref('stock_from_movements') }}
    where source_system not in (select distinct source_system from snapshots)
    {%- endif %}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

calendar as (select * from {{ ref('calendar_day') }}),

last_issue as (
    select
        *,
        max(case when issued_qty > 0 then balance_on end) over (
            partition by source_system, site_id, stock_item_id order by balance_on
            rows between unbounded preceding and current row
        ) as last_issued_on
    from balances
),

placed as (
    select
        last_issue.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(last_issue.currency_code, entities.currency_code, group_entity.currency_code) as known_currency_code
    from last_issue
    cross join group_entity
    left join entities on last_issue.entity_id = entities.entity_id
)

select
    balances.known_entity_id as entity_id,
    balances.site_id,
    balances.stock_item_id,
    balances.product_id,
    {{ found_product_key() }} as product_key,
    balances.balance_on,
    calendar.closing_id,
    calendar.is_period_end,
    balances.received_qty,
    balances.issued_qty,
    balances.balance_qty,
    balances.unit,
    balances.unit_cost_amount,
    balances.stock_value_amount,
    balances.known_currency_code as currency_code,
    balances.day_count,
    balances.is_from_movements,
    coalesce(
        balances.last_issued_on >= {{ dbt.dateadd('day', -365, 'balances.balance_on') }}, false
    ) as is_active,
    balances.balance_qty <= 0 as is_stock_out,
    {{ lineage_columns('balances') }}
from placed as balances
{{ product_named_by('balances', 'balance_on') }}
left join calendar on balances.balance_on = calendar.date_day and balances.known_entity_id = calendar.entity_id
