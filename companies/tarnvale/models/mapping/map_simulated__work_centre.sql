-- Grain: one row per work centre.
select
    work_centre_id,
    work_centre_name,
    site_id,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__work_centre') }}
