-- Grain: one row per system, site, stock item and day; amounts in `currency_code`, the entity's.
select
    entity_id,
    site_id,
    stock_item_id,
    product_key,
    balance_on,
    closing_id,
    is_period_end,
    {{ published_decimal('received_qty', 'decimal(18, 4)') }} as received_qty,
    {{ published_decimal('issued_qty', 'decimal(18, 4)') }} as issued_qty,
    {{ published_decimal('balance_qty', 'decimal(18, 4)') }} as balance_qty,
    unit,
    {{ published_decimal('unit_cost_amount') }} as unit_cost_amount,
    {{ published_decimal('stock_value_amount', scale=12) }} as stock_value_amount,
    currency_code,
    is_active,
    is_stock_out,
    {{ lineage_columns() }}
from {{ ref('stock_balance') }}
