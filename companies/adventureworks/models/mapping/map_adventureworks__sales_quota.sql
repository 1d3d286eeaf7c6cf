-- Grain: one row per system, sales person and quarter: the sales target of the reseller channel, US dollars.
-- Two systems keep the quotas; the sales extract's are the ones that the KPIs are computed from.
with

group_entity as (
    select entity_id from {{ ref('entity') }}
    where is_group
),

quotas as (
    select
        employee_key as sales_person_key,
        quota_from_on,
        quota_amount,
        {{ lineage_columns() }}
    from {{ ref('stg_adventureworks_operations__fact_sales_quota') }}
    union all
    select
        employee_id as sales_person_key,
        quota_from_on,
        quota_amount,
        {{ lineage_columns() }}
    from {{ ref('stg_adventureworks_erp__sales_person_quota_history') }}
)

select
    quotas.sales_person_key,
    group_entity.entity_id,
    quotas.quota_from_on,
    quotas.quota_amount,
    quotas.source_table = 'fact_sales_quota' as is_leading,
    {{ lineage_columns('quotas') }}
from quotas
cross join group_entity
