-- Grain: one row per territory.
select
    territory_id,
    territory_name,
    country_name,
    territory_group,
    entity_id,
    {{ lineage_columns() }}
from {{ source('simulated', 'territory') }}
