-- Grain: one row per entity, period, account and department.
select
    entity_id,
    period_id,
    account_code,
    department_code,
    quantity,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'statistical_balance') }}
