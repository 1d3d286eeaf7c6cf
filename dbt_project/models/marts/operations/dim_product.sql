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
    cast(standard_cost_amount as decimal(19, 4)) as standard_cost_amount,
    cast(list_price_amount as decimal(19, 4)) as list_price_amount,
    currency_code,
    cast(safety_stock_qty as decimal(18, 4)) as safety_stock_qty,
    cast(reorder_point_qty as decimal(18, 4)) as reorder_point_qty,
    valid_from_on,
    valid_to_on,
    is_validity_reversed,
    is_current
from {{ ref('product') }}
