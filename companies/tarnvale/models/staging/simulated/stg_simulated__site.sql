-- Grain: one row per site.
select
    site_id,
    entity_id,
    site_name,
    site_type,
    country_code,
    area_square_feet,
    {{ lineage_columns() }}
from {{ source('simulated', 'site') }}
