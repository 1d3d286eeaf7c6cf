-- Grain: one row per product version and day; amounts in US dollars. The whole group's: the source tells no sites apart.
with

group_entity as (
    select
        entity_id,
        currency_code
    from {{ ref('entity') }}
    where is_group
)

select
    group_entity.entity_id,
    'all' as site_id,
    cast(balances.product_key as {{ dbt.type_string() }}) as stock_item_id,
    balances.product_key,
    balances.balance_on,
    balances.received_qty,
    balances.issued_qty,
    balances.balance_qty,
    balances.unit_cost_amount,
    group_entity.currency_code,
    {{ lineage_columns('balances') }}
from {{ ref('stg_adventureworks_operations__fact_product_inventory') }} as balances
cross join group_entity
