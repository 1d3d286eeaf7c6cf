-- Grain: one row per department: of the systems, those posted on without being in one, and `none`.
with

departments as (
    {{ supplied(
        table='department',
        columns={'department_code': 'string', 'department_name': 'string', 'parent_department_code': 'string'},
    ) }}
),

posted as (
    select distinct department_code from {{ ref('ledger_movement') }}
    union
    select distinct department_code from {{ ref('budget_line') }}
    union
    select 'none' as department_code
)

select
    coalesce(departments.department_code, posted.department_code) as department_code,
    coalesce(
        departments.department_name,
        case when posted.department_code = 'none' then 'No department' else 'Not listed: ' || posted.department_code end
    ) as department_name,
    departments.parent_department_code,
    {{ lineage_columns('departments') }}
from departments
full outer join posted on departments.department_code = posted.department_code
