-- Grain: one row per product version, and `unknown`.
select
    product_key,
    product_number,
    product_id,
    product_name,
    product_subcategory_name,
    product_category_name,
    unit,
    is_finished_good,
    is_made,
    {{ published_decimal('standard_cost_amount') }} as standard_cost_amount,
    {{ published_decimal('list_price_amount') }} as list_price_amount,
    currency_code,
    {{ published_decimal('safety_stock_qty', 'decimal(18, 4)') }} as safety_stock_qty,
    {{ published_decimal('reorder_point_qty', 'decimal(18, 4)') }} as reorder_point_qty,
    valid_from_on,
    valid_to_on,
    is_validity_reversed,
    is_current
from {{ ref('product') }}
