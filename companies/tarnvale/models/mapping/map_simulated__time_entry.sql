-- Grain: one row per employee and period.
select
    employee_id || '/' || period_id as time_entry_id,
    employee_id,
    entity_id,
    period_id,
    contract_hours,
    worked_hours,
    overtime_hours,
    absence_hours,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__time_entry') }}
