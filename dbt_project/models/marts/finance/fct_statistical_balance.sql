{{ config(materialized='view', alias='statistical_balance') }}
-- Grain: one row per entity, closing, statistical account and department.
select
    entity_id,
    closing_id,
    closing_on as period_end,
    account_code,
    department_code,
    quantity_name,
    quantity,
    {{ lineage_columns() }}
from {{ ref('statistical_balance') }}
