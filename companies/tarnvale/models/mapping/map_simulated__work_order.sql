-- Grain: one row per work order.
select
    work_order_id,
    entity_id,
    site_id,
    product_id,
    planned_on as planned_start_on,
    issued_on as started_on,
    finished_on,
    planned_qty,
    good_qty,
    scrap_qty,
    rework_qty,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__work_order') }}
