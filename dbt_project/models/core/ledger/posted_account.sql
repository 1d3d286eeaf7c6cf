-- Grain: one row per system and account that something was posted on, reported or budgeted, with the code that it was called by; of
-- the journal and of reports of movements, how many lines of it there are and what they add up to, debit positive.
with

posted as (
    select
        source_system,
        account_id,
        account_code,
        count(*) as line_count,
        sum(amount) as amount
    from {{ ref('journal_line') }}
    group by source_system, account_id, account_code
    union all
    select
        source_system,
        account_id,
        account_code,
        sum(case when kind = 'movement' then 1 else 0 end) as line_count,
        sum(case when kind = 'movement' then amount else 0 end) as amount
    from {{ ref('reported_balance') }}
    group by source_system, account_id, account_code
    union all
    select distinct
        source_system,
        account_id,
        account_code,
        0 as line_count,
        0 as amount
    from {{ ref('budget_line') }}
)

select
    source_system,
    account_id,
    min(account_code) as account_code,
    sum(line_count) as line_count,
    sum(amount) as amount
from posted
group by source_system, account_id
