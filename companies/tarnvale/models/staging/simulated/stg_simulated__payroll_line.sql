-- Grain: one row per employee and period.
select
    employee_id,
    entity_id,
    department_code,
    period_id,
    currency_code,
    gross_amount,
    deduction_amount,
    net_amount,
    employer_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'payroll_line') }}
