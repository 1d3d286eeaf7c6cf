-- Fails when a row of the ledger extract is in none of trial_balance, budget and statistical_balance, or in two: an account
-- without a line, an entity or closing that core does not know. Nothing of the ledger may be lost on the way.
with

core_rows as (
    select
        source_row,
        batch_id
    from {{ ref('trial_balance') }}
    union all
    select
        source_row,
        batch_id
    from {{ ref('budget') }}
    union all
    select
        source_row,
        batch_id
    from {{ ref('statistical_balance') }}
),

counted as (
    select
        source_row,
        batch_id,
        count(*) as row_count
    from core_rows
    group by source_row, batch_id
)

select
    ledger.finance_key,
    ledger.closing_on,
    ledger.account_key,
    coalesce(counted.row_count, 0) as row_count
from {{ ref('stg_adventureworks_finance__fact_finance') }} as ledger
left join counted on ledger.source_row = counted.source_row and ledger.batch_id = counted.batch_id
where coalesce(counted.row_count, 0) <> 1
