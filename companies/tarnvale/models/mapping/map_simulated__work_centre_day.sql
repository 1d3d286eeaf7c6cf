-- Grain: one row per work centre and working day.
select
    work_centre_id,
    worked_on,
    planned_busy_minutes,
    run_minutes as production_minutes,
    setup_minutes,
    down_minutes as downtime_minutes,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__machine_day') }}
