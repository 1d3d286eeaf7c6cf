-- Grain: one row per version, entity, period and account of the budget.
select
    version_id,
    version_name,
    'budget' as version_kind,
    cast(issued_on as date) as issued_on,
    cast(is_current as boolean) as is_current,
    entity_id,
    period_id,
    account as account_code,
    cast(amount as decimal(38, 2)) as amount,
    'EUR' as currency_code,
    'cases' as source_system,
    'budget' as source_table,
    'one' as batch_id,
    row_number() over () as source_row,
    timestamp '2025-02-05 00:00:00' as known_at
from {{ source('company', 'budget') }}
