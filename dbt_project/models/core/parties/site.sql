-- Grain: one row per site, and one for those that no system knows.
with

sites as (
    {{ supplied(
        table='site',
        columns={'site_id': 'string', 'site_name': 'string', 'entity_id': 'string', 'country_name': 'string'},
    ) }}
)

select
    {{ system_key('source_system', 'site_id') }} as site_key,
    site_id,
    coalesce(site_name, site_id) as site_name,
    entity_id,
    country_name,
    {{ lineage_columns() }}
from sites
union all
select
    'unknown' as site_key,
    'unknown' as site_id,
    'Unknown site' as site_name,
    cast(null as {{ dbt.type_string() }}) as entity_id,
    cast(null as {{ dbt.type_string() }}) as country_name,
    {{ no_lineage('site') }}
