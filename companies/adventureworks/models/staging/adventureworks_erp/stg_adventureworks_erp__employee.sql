-- Grain: one row per employee.
select
    "BusinessEntityID" as employee_id,
    "OrganizationLevel" as organisation_level,
    "JobTitle" as job_title,
    cast("HireDate" as date) as hired_on,
    cast("SalariedFlag" as boolean) as is_salaried,
    cast("CurrentFlag" as boolean) as is_current,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'employee') }}
