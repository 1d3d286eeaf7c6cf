-- Grain: one row per sales territory, with the entity that keeps its books.
with

territories as (select * from {{ ref('stg_adventureworks_operations__dim_sales_territory') }}),

territory_entity as (select * from {{ source('company', 'territory_entity') }}),

organizations as (select * from {{ ref('stg_adventureworks_finance__dim_organization') }})

select
    territories.sales_territory_key as territory_id,
    territories.territory_name,
    territories.country_name,
    territories.territory_group,
    coalesce({{ entity_id('organizations.organization_key') }}, 'AW-00') as entity_id,
    territory_entity.reason as without_ledger_reason,
    {{ lineage_columns('territories') }}
from territories
left join territory_entity on territories.territory_name = territory_entity.territory_name
left join organizations on territory_entity.organization_name = organizations.organization_name
