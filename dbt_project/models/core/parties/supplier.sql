-- Grain: one row per supplier, and one for those that no system knows.
with

suppliers as (
    {{ supplied(
        table='supplier',
        columns={
            'supplier_id': 'string',
            'supplier_code': 'string',
            'supplier_name': 'string',
            'credit_rating': 'int',
            'is_preferred': 'boolean',
            'is_active': 'boolean',
        },
    ) }}
)

select
    {{ system_key('source_system', 'supplier_id') }} as supplier_key,
    supplier_id,
    coalesce(supplier_code, supplier_id) as supplier_code,
    supplier_name,
    credit_rating,
    is_preferred,
    is_active,
    {{ lineage_columns() }}
from suppliers
union all
select
    'unknown' as supplier_key,
    'unknown' as supplier_id,
    'unknown' as supplier_code,
    'Unknown supplier' as supplier_name,
    cast(null as {{ dbt.type_int() }}) as credit_rating,
    cast(null as boolean) as is_preferred,
    cast(null as boolean) as is_active,
    {{ no_lineage('supplier') }}
