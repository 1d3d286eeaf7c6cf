-- Grain: one row per department.
select
    department_code,
    department_name,
    parent_department_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__department') }}
