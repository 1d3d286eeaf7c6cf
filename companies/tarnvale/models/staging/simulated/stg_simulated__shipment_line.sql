-- Grain: one row per shipment line.
select
    shipment_id,
    line_number,
    sales_order_id,
    sales_order_line_number,
    entity_id,
    site_id,
    product_id,
    shipped_on,
    delivered_on,
    shipped_qty,
    cost_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'shipment_line') }}
