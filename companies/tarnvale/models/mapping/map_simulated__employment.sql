-- Grain: one row per employee.
select
    employee_id,
    entity_id,
    department_code,
    job_title,
    hired_on as employed_from,
    left_on as employed_to,
    full_time_share,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__employee') }}
