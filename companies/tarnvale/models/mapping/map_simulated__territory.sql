-- Grain: one row per sales territory, with the entity that sells there.
select
    territory_id as territory_key,
    territory_name,
    country_name,
    territory_group,
    entity_id,
    cast(null as {{ dbt.type_string() }}) as without_ledger_reason,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__territory') }}
