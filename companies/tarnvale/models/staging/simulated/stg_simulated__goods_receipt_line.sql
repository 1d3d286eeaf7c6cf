-- Grain: one row per goods receipt.
select
    goods_receipt_id,
    purchase_order_id,
    line_number,
    entity_id,
    site_id,
    product_id,
    shipped_on,
    received_on,
    received_qty,
    rejected_qty,
    accepted_qty,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'goods_receipt_line') }}
