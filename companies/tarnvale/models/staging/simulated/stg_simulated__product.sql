-- Grain: one row per product.
select
    product_id,
    product_name,
    product_category_name,
    product_subcategory_name,
    is_finished_good,
    is_made,
    making_entity_id,
    supplier_id,
    safety_stock_qty,
    reorder_point_qty,
    {{ lineage_columns() }}
from {{ source('simulated', 'product') }}
