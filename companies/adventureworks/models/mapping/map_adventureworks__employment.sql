-- Grain: one row per employee and assignment to a department. The source names no entity and no leavers.
select
    history.employee_id,
    departments.department_name as department_code,
    history.valid_from_on as employed_from,
    history.valid_to_on as employed_to,
    {{ lineage_columns('history') }}
from {{ ref('stg_adventureworks_erp__employee_department_history') }} as history
left join
    {{ ref('stg_adventureworks_erp__department') }} as departments
    on history.department_key = departments.department_key
