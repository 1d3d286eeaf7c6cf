-- Grain: one row per site, product version and day; amounts in `currency_code`.
select
    entity_id,
    site_id,
    product_key,
    balance_on,
    closing_id,
    is_period_end,
    received_qty,
    issued_qty,
    balance_qty,
    unit_cost_amount,
    stock_value_amount,
    currency_code,
    is_active,
    is_stock_out,
    {{ lineage_columns() }}
from {{ ref('stock_balance') }}
