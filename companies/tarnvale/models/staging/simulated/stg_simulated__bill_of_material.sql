-- Grain: one row per product and component.
select
    product_id,
    component_id,
    component_qty,
    {{ lineage_columns() }}
from {{ source('simulated', 'bill_of_material') }}
