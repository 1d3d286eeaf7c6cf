-- Grain: one row per journal entry that may close the year without being typed so, by its pattern: dated on the last day of a
-- fiscal year, it moves profit and loss accounts against equity and touches nothing else.
-- It `is_recognised` when what the year leaves on at least half of those accounts, the entry itself included, is zero, or what it leaves
-- on all is at most half of what the entry takes: a posting after the close does not undo it. `remaining_amount`, what was posted after
-- the close, is a result of its year that no entry closed. A test names every row.
with

year_ends as (
    select
        posted.entity_id,
        posted.ledger_id,
        posted.posted_on,
        posted.fiscal_year
    from {{ ref('posting_period') }} as posted
    inner join {{ ref('entity') }} as entities on posted.entity_id = entities.entity_id
    inner join {{ ref('fiscal_period') }} as periods
        on entities.calendar_id = periods.calendar_id and posted.posted_on = periods.ends_on and periods.is_last_of_year
    where posted.posting_kind = 'journal' and posted.entry_type = 'ordinary'
),

accounts as (
    select
        account.source_system,
        account.source_account_id,
        account.account_id,
        account.statement,
        structure.role in ('result_of_year', 'retained_earnings', 'reserves', 'capital') as is_equity
    from {{ ref('account') }} as account
    left join {{ ref('layout_line') }} as structure
        on account.line_code = structure.line_code and not structure.is_subtotal
),

lines as (
    select
        lines.source_system,
        lines.entity_id,
        lines.ledger_id,
        lines.journal_entry_id,
        lines.posted_on,
        year_ends.fiscal_year,
        accounts.account_id,
        coalesce(accounts.statement = 'profit_and_loss', false) as is_of_profit_and_loss,
        coalesce(accounts.is_equity, false) as is_equity,
        lines.amount
    from {{ ref('journal_line') }} as lines
    inner join year_ends
        on
            lines.entity_id = year_ends.entity_id
            and lines.ledger_id = year_ends.ledger_id
            and lines.posted_on = year_ends.posted_on
    left join accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
    where lines.entry_type = 'ordinary'
),

candidates as (
    select
        source_system,
        entity_id,
        ledger_id,
        journal_entry_id,
        posted_on,
        fiscal_year
    from lines
    group by source_system, entity_id, ledger_id, journal_entry_id, posted_on, fiscal_year
    having
        min(case when is_of_profit_and_loss or is_equity then 1 else 0 end) = 1
        and max(case when is_of_profit_and_loss then 1 else 0 end) = 1
        and max(case when is_equity then 1 else 0 end) = 1
),

closed_amounts as (
    select
        candidates.source_system,
        candidates.entity_id,
        candidates.ledger_id,
        candidates.journal_entry_id,
        candidates.posted_on,
        candidates.fiscal_year,
        lines.account_id,
        sum(lines.amount) as amount
    from candidates
    inner join lines
        on
            candidates.source_system = lines.source_system
            and candidates.entity_id = lines.entity_id
            and candidates.ledger_id = lines.ledger_id
            and candidates.journal_entry_id = lines.journal_entry_id
            and candidates.posted_on = lines.posted_on
    where lines.is_of_profit_and_loss
    group by
        candidates.source_system, candidates.entity_id, candidates.ledger_id, candidates.journal_entry_id,
        candidates.posted_on, candidates.fiscal_year, lines.account_id
),

year_amounts as (
    select
        lines.entity_id,
        lines.ledger_id,
        posted.fiscal_year,
        accounts.account_id,
        sum(lines.amount) as amount
    from {{ ref('journal_line') }} as lines
    inner join {{ ref('posting_period') }} as posted
        on
            lines.entity_id = posted.entity_id
            and lines.ledger_id = posted.ledger_id
            and lines.posted_on = posted.posted_on
            and coalesce(lines.period_label, '') = coalesce(posted.period_label, '')
            and lines.entry_type = posted.entry_type
            and posted.posting_kind = 'journal'
    inner join (select distinct entity_id, ledger_id, fiscal_year from candidates) as closed
        on
            posted.entity_id = closed.entity_id and posted.ledger_id = closed.ledger_id
            and posted.fiscal_year = closed.fiscal_year
    inner join accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
    where lines.entry_type <> 'closing'
    group by lines.entity_id, lines.ledger_id, posted.fiscal_year, accounts.account_id
)

select
    closed_amounts.source_system,
    closed_amounts.entity_id,
    closed_amounts.ledger_id,
    closed_amounts.journal_entry_id,
    closed_amounts.posted_on,
    closed_amounts.fiscal_year,
    sum(closed_amounts.amount) as closed_amount,
    sum(year_amounts.amount) as remaining_amount,
    sum(case when year_amounts.amount = 0 then 1 else 0 end) * 2 >= count(*)
    or sum(abs(year_amounts.amount)) * 2 <= sum(abs(closed_amounts.amount)) as is_recognised
from closed_amounts
inner join year_amounts
    on
        closed_amounts.entity_id = year_amounts.entity_id
        and closed_amounts.ledger_id = year_amounts.ledger_id
        and closed_amounts.fiscal_year = year_amounts.fiscal_year
        and closed_amounts.account_id = year_amounts.account_id
group by
    closed_amounts.source_system, closed_amounts.entity_id, closed_amounts.ledger_id, closed_amounts.journal_entry_id,
    closed_amounts.posted_on, closed_amounts.fiscal_year
