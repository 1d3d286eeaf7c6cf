-- Grain: one row per employee, department, shift and start.
select
    "BusinessEntityID" as employee_id,
    "DepartmentID" as department_key,
    "ShiftID" as shift_key,
    cast("StartDate" as date) as valid_from_on,
    cast("EndDate" as date) as valid_to_on,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'employee_department_history') }}
