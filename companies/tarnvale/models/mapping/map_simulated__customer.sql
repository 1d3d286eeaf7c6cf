-- Grain: one row per customer, as it is now.
with

customers as (select * from {{ ref('stg_simulated__customer') }}),

territories as (select * from {{ ref('stg_simulated__territory') }}),

entities as (select * from {{ ref('stg_simulated__entity') }}),

countries as (
    select distinct
        entities.country_code,
        territories.country_name
    from territories
    inner join entities on territories.entity_id = entities.entity_id
)

select
    customers.customer_id,
    customers.channel,
    customers.customer_name,
    cast(null as {{ dbt.type_string() }}) as business_type,
    countries.country_name,
    {{ lineage_columns('customers') }}
from customers
left join countries on customers.country_code = countries.country_code
