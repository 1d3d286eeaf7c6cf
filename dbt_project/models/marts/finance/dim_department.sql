{{ config(materialized='view') }}
-- Grain: one row per department group.
select
    department_code,
    department_name,
    parent_department_code
from {{ ref('department') }}
