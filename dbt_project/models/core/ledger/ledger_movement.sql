-- Grain: one row per entity, ledger, fiscal year, stage of it, account and department: what was posted, debit positive.
-- The one pass over the journal. Stages: opening (0), the periods (1 …), adjustments (900), closing entries (950).
with

journal as (
    select
        lines.entity_id,
        lines.ledger_id,
        posted.fiscal_year,
        {{ posting_stage() }} as stage,
        lines.source_system,
        lines.account_id,
        lines.department_code,
        sum(lines.amount) as amount,
        count(*) as line_count,
        max(lines.source_table) as source_table,
        max(lines.batch_id) as batch_id,
        max(lines.source_row) as source_row,
        max(lines.known_at) as known_at
    from {{ ref('journal_line') }} as lines
    {{ with_posting_period() }}
    group by
        lines.entity_id, lines.ledger_id, posted.fiscal_year,
        {{ posting_stage() }},
        lines.source_system, lines.account_id, lines.department_code
),

reported as (
    select
        balances.entity_id,
        balances.ledger_id,
        posted.fiscal_year,
        posted.stage,
        balances.source_system,
        balances.account_id,
        balances.department_code,
        balances.amount,
        1 as line_count,
        balances.source_table,
        balances.batch_id,
        balances.source_row,
        balances.known_at
    from {{ ref('reported_balance') }} as balances
    {{ with_posting_period_of_reports() }}
    where balances.kind = 'movement'
),

posted as (
    select * from journal
    union all
    select * from reported
)

select
    posted.entity_id,
    posted.ledger_id,
    posted.fiscal_year,
    posted.stage,
    accounts.account_id,
    posted.department_code,
    accounts.statement,
    cast(sum(posted.amount) as decimal(38, 6)) as amount,
    sum(posted.line_count) as line_count,
    max(posted.source_system) as source_system,
    max(posted.source_table) as source_table,
    max(posted.batch_id) as batch_id,
    case when sum(posted.line_count) = 1 then max(posted.source_row) end as source_row,
    max(posted.known_at) as known_at
from posted
left join {{ ref('account') }} as accounts
    on posted.source_system = accounts.source_system and posted.account_id = accounts.source_account_id
group by
    posted.entity_id, posted.ledger_id, posted.fiscal_year, posted.stage, accounts.account_id,
    posted.department_code, accounts.statement
