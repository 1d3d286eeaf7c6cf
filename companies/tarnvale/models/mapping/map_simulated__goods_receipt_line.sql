-- Grain: one row per receipt.
select
    goods_receipt_id,
    '1' as goods_receipt_line_id,
    purchase_order_id,
    line_number as purchase_order_line_id,
    entity_id,
    site_id,
    product_id,
    shipped_on,
    received_on,
    received_qty,
    rejected_qty,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__goods_receipt_line') }}
