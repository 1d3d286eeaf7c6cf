-- Grain: one row per movement.
select
    movement_id,
    movement_type,
    entity_id,
    site_id,
    product_id,
    moved_on,
    quantity,
    amount,
    document_type,
    document_id,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'stock_movement') }}
