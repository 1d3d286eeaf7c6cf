-- Grain: one row per work order and component.
select
    work_order_id,
    component_id as product_id,
    planned_qty,
    issued_qty as used_qty,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__work_order_material') }}
