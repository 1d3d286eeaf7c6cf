-- Grain: one row per department.
select
    "DepartmentID" as department_key,
    "Name" as department_name,
    "GroupName" as department_group_name,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'department') }}
