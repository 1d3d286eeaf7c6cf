-- Grain: one row per employee, leavers among them. The source names the last day of the employment.
with

employees as (select * from {{ ref('stg_simulated__employee') }}),

departments as (select * from {{ ref('stg_simulated__department') }})

select
    employees.employee_id,
    employees.job_title,
    employees.organisation_level,
    employees.hired_on,
    cast({{ dbt.dateadd('day', 1, 'employees.left_on') }} as date) as left_on,
    employees.is_salaried,
    employees.is_current,
    departments.department_name,
    department_groups.department_name as department_group_name,
    {{ lineage_columns('employees') }}
from employees
left join departments on employees.department_code = departments.department_code
left join departments as department_groups on departments.parent_department_code = department_groups.department_code
