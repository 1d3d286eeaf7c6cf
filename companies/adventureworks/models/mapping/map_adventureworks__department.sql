-- Grain: one row per department group of the ledger.
select
    cast(department_group_key as {{ dbt.type_string() }}) as department_code,
    department_group_name as department_name,
    cast(parent_department_group_key as {{ dbt.type_string() }}) as parent_department_code,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_finance__dim_department_group') }}
