-- Grain: one row per order line.
select
    sales_order_id,
    line_number,
    product_id,
    product_key,
    ordered_qty,
    unit_price,
    unit_discount,
    gross_amount,
    discount_amount,
    sales_amount,
    tax_amount,
    unit_cost,
    sales_group_amount,
    cost_group_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'sales_order_line') }}
