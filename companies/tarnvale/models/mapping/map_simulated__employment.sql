-- Grain: one row per employee.
select
    employee_id,
    entity_id,
    department_code,
    job_title,
    hired_on as valid_from_on,
    left_on as valid_to_on,
    full_time_share,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__employee') }}
