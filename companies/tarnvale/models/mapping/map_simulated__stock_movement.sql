-- Grain: one row per movement of stock, in the currency of the site's entity.
select
    movement_id as stock_movement_id,
    entity_id,
    site_id,
    product_id as stock_item_id,
    product_id,
    moved_on,
    quantity,
    amount,
    movement_type as reason,
    document_type,
    document_id,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__stock_movement') }}
