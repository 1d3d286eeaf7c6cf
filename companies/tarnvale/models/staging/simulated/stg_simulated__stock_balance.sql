-- Grain: one row per site, product and day.
select
    site_id,
    entity_id,
    product_id,
    product_key,
    balance_on,
    received_qty,
    issued_qty,
    balance_qty,
    unit_cost_amount,
    stock_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'stock_balance') }}
