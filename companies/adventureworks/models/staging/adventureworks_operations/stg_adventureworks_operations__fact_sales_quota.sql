-- Grain: one row per sales person and quarter.
select
    "SalesQuotaKey" as sales_quota_key,
    "EmployeeKey" as employee_key,
    cast("CalendarYear" as integer) as quota_year,
    cast("CalendarQuarter" as integer) as quota_quarter,
    cast("SalesAmountQuota" as decimal(19, 4)) as quota_amount,
    cast("Date" as date) as quota_from_on,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'fact_sales_quota') }}
