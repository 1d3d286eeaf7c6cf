-- Grain: one row per employee.
select
    employee_id,
    job_title,
    organisation_level,
    hired_on,
    is_salaried,
    is_current,
    department_name,
    department_group_name
from {{ ref('employee') }}
