-- Grain: one row per employee.
select
    employee_id,
    entity_id,
    department_code,
    job_title,
    organisation_level,
    hired_on,
    left_on,
    is_salaried,
    full_time_share,
    is_current,
    {{ lineage_columns() }}
from {{ source('simulated', 'employee') }}
