-- Grain: one row per row of budget.
select
    "entity" as entity_id,
    "period" as period_id,
    "account" as account_code,
    "amount" as amount,
    {{ lineage_columns() }}
from {{ source('books', 'budget') }}
