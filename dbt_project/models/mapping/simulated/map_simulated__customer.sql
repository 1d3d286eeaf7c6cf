-- Grain: one row per customer, as it is now.
with

customers as (select * from {{ ref('stg_simulated__customer') }}),

territories as (select * from {{ ref('stg_simulated__territory') }})

select
    customers.customer_id,
    customers.channel,
    customers.customer_name,
    cast(null as {{ dbt.type_string() }}) as business_type,
    territories.country_name,
    {{ lineage_columns('customers') }}
from customers
left join territories on customers.territory_id = territories.territory_id
