-- Grain: one row per site.
select
    site_id,
    site_name,
    entity_id,
    country_code as country_name,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__site') }}
