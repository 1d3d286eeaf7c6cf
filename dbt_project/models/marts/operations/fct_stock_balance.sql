-- Grain: one row per system, site, stock item and day; amounts in `currency_code`, the entity's.
select
    entity_id,
    site_id,
    stock_item_id,
    product_key,
    balance_on,
    closing_id,
    is_period_end,
    cast(received_qty as decimal(18, 4)) as received_qty,
    cast(issued_qty as decimal(18, 4)) as issued_qty,
    cast(balance_qty as decimal(18, 4)) as balance_qty,
    unit,
    cast(unit_cost_amount as decimal(19, 4)) as unit_cost_amount,
    cast(stock_value_amount as decimal(19, 4)) as stock_value_amount,
    currency_code,
    is_active,
    is_stock_out,
    {{ lineage_columns() }}
from {{ ref('stock_balance') }}
