-- Grain: one row per work order and component.
select
    work_order_id,
    component_id,
    planned_qty,
    issued_qty,
    unit_cost,
    issued_on,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'work_order_material') }}
