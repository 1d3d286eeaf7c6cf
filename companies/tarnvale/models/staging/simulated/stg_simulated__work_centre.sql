-- Grain: one row per work centre.
select
    work_centre_id,
    site_id,
    work_centre_name,
    {{ lineage_columns() }}
from {{ source('simulated', 'work_centre') }}
