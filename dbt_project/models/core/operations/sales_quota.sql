-- Grain: one row per sales person and quarter: the sales target of the reseller channel, US dollars.
with

quotas as (select * from {{ ref('stg_adventureworks_operations__fact_sales_quota') }}),

calendar as (select * from {{ ref('calendar_day') }})

select
    quotas.sales_quota_key,
    quotas.employee_key,
    quotas.quota_from_on,
    calendar.closing_id,
    quotas.quota_amount,
    {{ lineage_columns('quotas') }}
from quotas
left join calendar on quotas.quota_from_on = calendar.date_day
