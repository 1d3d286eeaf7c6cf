-- Grain: one row per product.
select
    product_id,
    site_id,
    setup_minutes,
    run_minutes_per_unit,
    {{ lineage_columns() }}
from {{ source('simulated', 'routing') }}
