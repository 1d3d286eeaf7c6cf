-- Grain: one row per system, sales person and quarter: the sales target of the reseller channel, US dollars.
-- Two systems keep the quotas; the sales extract's are the ones that the KPIs are computed from.
select
    'sales_quota_amount' as target_name,
    employee_key as owner_id,
    'reseller' as channel,
    quota_from_on as from_on,
    quota_amount as amount,
    'USD' as currency_code,
    true as is_leading,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_operations__fact_sales_quota') }}
union all
select
    'sales_quota_amount' as target_name,
    employee_id as owner_id,
    'reseller' as channel,
    quota_from_on as from_on,
    quota_amount as amount,
    'USD' as currency_code,
    false as is_leading,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_erp__sales_person_quota_history') }}
