-- Grain: one row per account and closing day for which the file states what the product must come to.
with

made as (
    select source_file, max(value) as made_on, max(known_at) as known_at
    from {{ ref('stg_SYSTEM__company') }}
    where label = 'GEN'
    group by source_file
),

-- A file holds its fiscal year from the first day on, so of several files of a year the one that was made last counts.
years as (
    select
        fiscal_years.source_file,
        fiscal_years.first_day,
        fiscal_years.last_day,
        row_number() over (
            partition by fiscal_years.first_day
            order by made.made_on desc nulls last, fiscal_years.known_at desc, fiscal_years.source_file desc
        ) = 1 as is_current
    from {{ ref('stg_SYSTEM__fiscal_year') }} as fiscal_years
    left join made on fiscal_years.source_file = made.source_file
    where fiscal_years.year_index = 0
)

select
    'ENTITY' as entity_id,
    years.last_day as closing_on,
    balances.account_code,
    cast(balances.amount as decimal(38, 6)) as amount,
    case when balances.kind = 'ub' then 'balance' else 'movement' end as kind,
    {{ lineage_columns('balances') }}
from {{ ref('stg_SYSTEM__balance') }} as balances
inner join years on balances.source_file = years.source_file
where balances.kind in ('ub', 'res') and balances.year_index = 0 and years.is_current
