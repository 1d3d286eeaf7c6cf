-- Grain: one row per purchase order line; amounts in the group's currency.
select
    purchase_order_line_id,
    purchase_order_id,
    entity_id,
    supplier_id,
    product_id,
    order_status,
    ordered_on,
    due_on,
    shipped_on,
    received_on,
    due_closing_id,
    is_on_time,
    is_short,
    ordered_qty,
    received_qty,
    rejected_qty,
    stocked_qty,
    unit_price,
    line_amount,
    {{ lineage_columns() }}
from {{ ref('purchase_order_line') }}
