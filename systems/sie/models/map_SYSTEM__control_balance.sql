-- Grain: one row per account and closing day for which the file states what the product must come to.
select
    'ENTITY' as entity_id,
    years.last_day as closing_on,
    balances.account_code,
    cast(balances.amount as decimal(38, 6)) as amount,
    case when balances.kind = 'ub' then 'balance' else 'movement' end as kind,
    {{ lineage_columns('balances') }}
from {{ ref('stg_SYSTEM__balance') }} as balances
inner join {{ ref('stg_SYSTEM__fiscal_year') }} as years
    on balances.source_file = years.source_file and balances.year_index = years.year_index
where balances.kind in ('ub', 'res') and balances.year_index = 0
