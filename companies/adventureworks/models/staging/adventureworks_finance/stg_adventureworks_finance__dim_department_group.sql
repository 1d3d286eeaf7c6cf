-- Grain: one row per department group.
select
    "DepartmentGroupKey" as department_group_key,
    "ParentDepartmentGroupKey" as parent_department_group_key,
    "DepartmentGroupName" as department_group_name,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'dim_department_group') }}
