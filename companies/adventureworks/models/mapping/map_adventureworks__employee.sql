-- Grain: one row per employee, with the department that the newest assignment names.
with

employees as (select * from {{ ref('stg_adventureworks_erp__employee') }}),

departments as (select * from {{ ref('stg_adventureworks_erp__department') }}),

assignments as (
    select
        *,
        row_number() over (partition by employee_id order by valid_from_on desc, department_key desc) as newest
    from {{ ref('stg_adventureworks_erp__employee_department_history') }}
)

select
    employees.employee_id,
    employees.job_title,
    employees.organisation_level,
    employees.hired_on,
    cast(null as date) as left_on,
    employees.is_salaried,
    employees.is_current,
    departments.department_name,
    departments.department_group_name,
    {{ lineage_columns('employees') }}
from employees
left join assignments on employees.employee_id = assignments.employee_id and assignments.newest = 1
left join departments on assignments.department_key = departments.department_key
