-- Grain: one row per purchase order line.
select
    purchase_order_id,
    line_number,
    product_id,
    due_on,
    ordered_qty,
    unit_price,
    line_amount,
    line_group_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'purchase_order_line') }}
