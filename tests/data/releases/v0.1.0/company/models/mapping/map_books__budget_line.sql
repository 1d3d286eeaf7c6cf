-- Grain: one row per row of budget.
select
    entity_id,
    period_id,
    account_code,
    amount,
    'budget' as version_id,
    'Budget' as version_name,
    'budget' as version_kind,
    case when entity_id = 'HT01' then 'EUR' else 'USD' end as currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_books__budget') }}
