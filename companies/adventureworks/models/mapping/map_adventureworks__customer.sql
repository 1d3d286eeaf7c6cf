-- Grain: one row per customer: resellers with their master data, consumers by their key alone.
with

resellers as (select * from {{ ref('stg_adventureworks_operations__dim_reseller') }}),

places as (select * from {{ ref('stg_adventureworks_operations__dim_geography') }}),

consumers as (
    select
        customer_key,
        min(source_row) as first_row,
        max(source_system) as source_system,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        max(known_at) as known_at
    from {{ ref('stg_adventureworks_operations__fact_internet_sales') }}
    group by customer_key
)

select
    'R' || cast(resellers.reseller_key as {{ dbt.type_string() }}) as customer_id,
    'reseller' as channel,
    resellers.reseller_name as customer_name,
    resellers.business_type,
    places.country_name,
    {{ lineage_columns('resellers') }}
from resellers
left join places on resellers.geography_key = places.geography_key
union all
select
    'C' || cast(customer_key as {{ dbt.type_string() }}) as customer_id,
    'internet' as channel,
    cast(null as {{ dbt.type_string() }}) as customer_name,
    'Consumer' as business_type,
    cast(null as {{ dbt.type_string() }}) as country_name,
    source_system,
    source_table,
    batch_id,
    first_row as source_row,
    known_at
from consumers
