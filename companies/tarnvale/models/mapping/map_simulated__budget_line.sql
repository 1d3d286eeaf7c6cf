-- Grain: one row per version, entity, period, account and department.
select
    budget_version as version_id,
    budget_version as version_name,
    'budget' as version_kind,
    issued_on,
    entity_id,
    period_id,
    account_code,
    department_code,
    amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__budget') }}
