-- Grain: one row per system, sales person and quarter: the sales target of the reseller channel, US dollars.
-- Two systems keep the quotas; the sales extract's are the ones that the KPIs are computed from.
with

sales_quotas as (select * from {{ ref('stg_adventureworks_operations__fact_sales_quota') }}),

erp_quotas as (select * from {{ ref('stg_adventureworks_erp__sales_person_quota_history') }}),

calendar as (select * from {{ ref('calendar_day') }}),

quotas as (
    select
        employee_key as sales_person_key,
        quota_from_on,
        quota_amount,
        {{ lineage_columns() }}
    from sales_quotas
    union all
    select
        employee_id as sales_person_key,
        quota_from_on,
        quota_amount,
        {{ lineage_columns() }}
    from erp_quotas
)

select
    quotas.sales_person_key,
    quotas.quota_from_on,
    calendar.closing_id,
    quotas.quota_amount,
    quotas.source_table = 'fact_sales_quota' as is_leading,
    {{ lineage_columns('quotas') }}
from quotas
left join calendar on quotas.quota_from_on = calendar.date_day
