-- Grain: one row per employee and change of pay.
select
    "BusinessEntityID" as employee_id,
    cast("RateChangeDate" as date) as changed_on,
    cast("Rate" as decimal(19, 4)) as hourly_rate_amount,
    "PayFrequency" as pay_frequency,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'employee_pay_history') }}
