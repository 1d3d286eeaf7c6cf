-- Grain: one row per entity.
select
    entity_id,
    entity_name,
    parent_entity_id,
    currency_code,
    ownership_share,
    calendar,
    country_code,
    time_zone,
    is_group,
    {{ lineage_columns() }}
from {{ source('simulated', 'entity') }}
