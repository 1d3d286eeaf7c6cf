-- Grain: one row per product version.
select
    product_key,
    product_number,
    product_id,
    product_name,
    product_subcategory_name,
    product_category_name,
    is_finished_good,
    is_made,
    standard_cost_amount,
    list_price_amount,
    safety_stock_qty,
    reorder_point_qty,
    valid_from_on,
    valid_to_on,
    is_validity_reversed,
    is_current
from {{ ref('product') }}
