-- Grain: one row per version, entity, period, account and department.
select
    budget_version,
    issued_on,
    entity_id,
    period_id,
    account_code,
    department_code,
    currency_code,
    amount,
    {{ lineage_columns() }}
from {{ source('simulated', 'budget') }}
