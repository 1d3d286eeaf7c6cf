-- Grain: one row per purchase order.
select
    purchase_order_id,
    entity_id,
    site_id,
    supplier_id,
    currency_code,
    ordered_on,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'purchase_order') }}
