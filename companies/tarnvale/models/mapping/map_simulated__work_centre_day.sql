-- Grain: one row per work centre and working day.
select
    work_centre_id,
    worked_on,
    planned_busy_minutes,
    run_minutes,
    setup_minutes,
    down_minutes,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__machine_day') }}
