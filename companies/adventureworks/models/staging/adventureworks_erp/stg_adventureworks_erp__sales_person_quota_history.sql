-- Grain: one row per sales person and quota.
select
    "BusinessEntityID" as employee_id,
    cast("QuotaDate" as date) as quota_from_on,
    cast("SalesQuota" as decimal(19, 4)) as quota_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'sales_person_quota_history') }}
