-- Grain: one row per product version and day; amounts in US dollars. The whole group's: the source tells no sites apart.
select
    product_key as product_version_id,
    balance_on,
    received_qty,
    issued_qty,
    balance_qty,
    unit_cost_amount as unit_cost,
    'USD' as currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_operations__fact_product_inventory') }}
