-- Grain: one row per work centre and working day.
select
    work_centre_id,
    worked_on,
    shift_count,
    planned_busy_minutes,
    run_minutes,
    setup_minutes,
    down_minutes,
    idle_minutes,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'machine_day') }}
