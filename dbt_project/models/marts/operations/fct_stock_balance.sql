-- Grain: one row per product version and day; amounts in US dollars.
select
    product_key,
    balance_on,
    closing_id,
    is_period_end,
    received_qty,
    issued_qty,
    balance_qty,
    unit_cost_amount,
    stock_value_amount,
    is_active,
    is_stock_out,
    {{ lineage_columns() }}
from {{ ref('stock_balance') }}
