-- Grain: one row per customer, and one for those that no system knows. One that was merged into another stays; the other is named.
with

customers as (
    {{ supplied(
        table='customer',
        columns={
            'customer_id': 'string',
            'channel': 'string',
            'customer_name': 'string',
            'business_type': 'string',
            'country_name': 'string',
            'merged_into_customer_id': 'string',
        },
    ) }}
),

-- A chain of mergers is followed three steps.
merged as (
    select
        customers.*,
        coalesce(
            third.merged_into_customer_id, second.merged_into_customer_id, customers.merged_into_customer_id,
            customers.customer_id
        ) as surviving_customer_id
    from customers
    left join customers as second
        on
            customers.source_system = second.source_system
            and customers.merged_into_customer_id = second.customer_id
    left join customers as third
        on second.source_system = third.source_system and second.merged_into_customer_id = third.customer_id
)

select
    {{ system_key('source_system', 'customer_id') }} as customer_key,
    customer_id,
    channel,
    customer_name,
    business_type,
    country_name,
    {{ system_key('source_system', 'surviving_customer_id') }} as surviving_customer_key,
    {{ lineage_columns() }}
from merged
union all
select
    'unknown' as customer_key,
    'unknown' as customer_id,
    cast(null as {{ dbt.type_string() }}) as channel,
    'Unknown customer' as customer_name,
    cast(null as {{ dbt.type_string() }}) as business_type,
    cast(null as {{ dbt.type_string() }}) as country_name,
    'unknown' as surviving_customer_key,
    {{ no_lineage('customer') }}
