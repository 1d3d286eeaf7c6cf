-- Grain: one row per employee and period.
select
    employee_id,
    entity_id,
    period_id,
    contract_hours,
    worked_hours,
    overtime_hours,
    absence_hours,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'time_entry') }}
