-- Grain: one row per sales territory, with the entity that sells there.
select
    territory_id,
    territory_name,
    country_name,
    territory_group,
    entity_id,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__territory') }}
