-- Grain: one row per sales territory, with the entity that keeps its books, and one for those that no system knows.
with

territories as (
    {{ supplied(
        table='territory',
        columns={
            'territory_id': 'string',
            'territory_name': 'string',
            'country_name': 'string',
            'territory_group': 'string',
            'entity_id': 'string',
            'without_ledger_reason': 'string',
        },
    ) }}
)

select
    {{ system_key('source_system', 'territory_id') }} as territory_key,
    territory_id,
    territory_name,
    country_name,
    territory_group,
    entity_id,
    without_ledger_reason,
    {{ lineage_columns() }}
from territories
union all
select
    'unknown' as territory_key,
    'unknown' as territory_id,
    'Unknown territory' as territory_name,
    cast(null as {{ dbt.type_string() }}) as country_name,
    cast(null as {{ dbt.type_string() }}) as territory_group,
    cast(null as {{ dbt.type_string() }}) as entity_id,
    cast(null as {{ dbt.type_string() }}) as without_ledger_reason,
    {{ no_lineage('territory') }}
