-- Grain: one row per journal entry that may close profit and loss without being typed so, by its pattern: it moves profit and loss
-- accounts against equity and touches nothing else; or it does so over an income summary: an account that its period touches only
-- between the two, and leaves with nothing. The entries of an income summary are one closing.
-- A closing takes accounts to zero: half of them, or what it leaves is at most half of what it takes, on its day or when its period
-- is over (a year with its adjustments), since a posting after the close does not undo it. It `is_recognised` if the period's closings
-- take most of the ledger's profit and loss; on the last day of a year it is enough that they take two accounts. So a month's close
-- is one, and a correction of an account against equity is none. `remaining_amount` is a result of its period that no entry closed.
-- Named, too, is what is not recognised: of the last day of a year all that looks alike, else what takes several accounts to zero,
-- or takes what the year before left on them.
with

{{ closing_candidates() }},

closed_amounts as (
    select
        candidates.source_system,
        candidates.entity_id,
        candidates.ledger_id,
        candidates.fiscal_year,
        candidates.fiscal_period,
        candidates.closed_by,
        marked.account_id,
        sum(marked.amount) as amount
    from candidates
    inner join marked
        on
            candidates.source_system = marked.source_system
            and candidates.entity_id = marked.entity_id
            and candidates.ledger_id = marked.ledger_id
            and candidates.journal_entry_id = marked.journal_entry_id
            and candidates.posted_on = marked.posted_on
            and marked.is_of_profit_and_loss
            and not marked.is_summary
    group by
        candidates.source_system, candidates.entity_id, candidates.ledger_id, candidates.fiscal_year,
        candidates.fiscal_period, candidates.closed_by, marked.account_id
),

-- What the closings of a period take together.
taken as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        fiscal_period,
        sum(abs(amount)) as amount,
        count(distinct account_id) as account_count
    from closed_amounts
    group by entity_id, ledger_id, fiscal_year, fiscal_period
),

closed_ledgers as materialized (select distinct entity_id, ledger_id from candidates),

account_days as materialized (
    select
        lines.entity_id,
        lines.ledger_id,
        posted.fiscal_year,
        lines.posted_on,
        accounts.account_id,
        sum(lines.amount) as amount
    from (
        select
            journal.source_system,
            journal.entity_id,
            journal.ledger_id,
            journal.posted_on,
            coalesce(journal.period_label, '') as period_label,
            journal.entry_type,
            journal.account_id,
            sum(journal.amount) as amount
        from {{ ref('journal_line') }} as journal
        inner join {{ few_rows('closed_ledgers', ['entity_id', 'ledger_id']) }} as closed
            on journal.entity_id = closed.entity_id and journal.ledger_id = closed.ledger_id
        where journal.entry_type <> 'closing'
        group by
            journal.source_system, journal.entity_id, journal.ledger_id, journal.posted_on,
            coalesce(journal.period_label, ''), journal.entry_type, journal.account_id
    ) as lines
    inner join {{ ref('posting_period') }} as posted
        on
            lines.entity_id = posted.entity_id
            and lines.ledger_id = posted.ledger_id
            and lines.posted_on = posted.posted_on
            and lines.period_label = coalesce(posted.period_label, '')
            and lines.entry_type = posted.entry_type
            and posted.posting_kind = 'journal'
    inner join accounts
        on
            lines.source_system = accounts.source_system
            and lines.account_id = accounts.source_account_id
            and accounts.is_of_profit_and_loss
    group by lines.entity_id, lines.ledger_id, posted.fiscal_year, lines.posted_on, accounts.account_id
),

year_amounts as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        account_id,
        sum(amount) as amount
    from account_days
    group by entity_id, ledger_id, fiscal_year, account_id
),

closings as (
    select
        source_system,
        entity_id,
        ledger_id,
        fiscal_year,
        fiscal_period,
        closed_by,
        max(posted_on) as posted_on,
        min(ends_on) as ends_on,
        max(case when is_last_of_year then 1 else 0 end) = 1 as is_last_of_year
    from candidates
    group by source_system, entity_id, ledger_id, fiscal_year, fiscal_period, closed_by
),

-- The days on which a closing is looked at: its own, and the last one of its period, or all of its year.
looks as (
    select
        *,
        posted_on as until_on,
        false as is_of_period
    from closings
    union all
    select
        *,
        case when is_last_of_year then cast('9999-12-31' as date) else greatest(ends_on, posted_on) end as until_on,
        true as is_of_period
    from closings
),

amounts_until as (
    select
        looks.entity_id,
        looks.ledger_id,
        looks.fiscal_year,
        looks.until_on,
        account_days.account_id,
        sum(account_days.amount) as amount
    from (select distinct entity_id, ledger_id, fiscal_year, until_on from looks) as looks
    inner join account_days
        on
            looks.entity_id = account_days.entity_id
            and looks.ledger_id = account_days.ledger_id
            and looks.fiscal_year = account_days.fiscal_year
            and looks.until_on >= account_days.posted_on
    group by looks.entity_id, looks.ledger_id, looks.fiscal_year, looks.until_on, account_days.account_id
),

left_until as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        until_on,
        sum(abs(amount)) as amount
    from amounts_until
    group by entity_id, ledger_id, fiscal_year, until_on
),

looked_at as (
    select
        looks.source_system,
        looks.entity_id,
        looks.ledger_id,
        looks.fiscal_year,
        looks.fiscal_period,
        looks.closed_by,
        looks.is_last_of_year and looks.posted_on >= looks.ends_on as is_of_last_day,
        looks.is_of_period,
        sum(amounts_until.amount) as remaining_amount,
        sum(case when amounts_until.amount = 0 then 1 else 0 end) * 2 >= count(*)
        or sum(abs(amounts_until.amount)) * 2 <= sum(abs(closed_amounts.amount)) as takes_to_zero,
        max(left_until.amount) * 2 <= max(taken.amount) as is_most,
        max(taken.account_count) > 1 as is_of_several,
        sum(case when before.amount <> 0 and before.amount = -closed_amounts.amount then 1 else 0 end) * 2 >= count(*)
            as is_of_year_before
    from looks
    inner join closed_amounts
        on
            looks.source_system = closed_amounts.source_system
            and looks.entity_id = closed_amounts.entity_id
            and looks.ledger_id = closed_amounts.ledger_id
            and looks.fiscal_year = closed_amounts.fiscal_year
            and looks.fiscal_period = closed_amounts.fiscal_period
            and looks.closed_by = closed_amounts.closed_by
    inner join amounts_until
        on
            looks.entity_id = amounts_until.entity_id
            and looks.ledger_id = amounts_until.ledger_id
            and looks.fiscal_year = amounts_until.fiscal_year
            and looks.until_on = amounts_until.until_on
            and closed_amounts.account_id = amounts_until.account_id
    inner join left_until
        on
            looks.entity_id = left_until.entity_id
            and looks.ledger_id = left_until.ledger_id
            and looks.fiscal_year = left_until.fiscal_year
            and looks.until_on = left_until.until_on
    inner join taken
        on
            looks.entity_id = taken.entity_id
            and looks.ledger_id = taken.ledger_id
            and looks.fiscal_year = taken.fiscal_year
            and looks.fiscal_period = taken.fiscal_period
    left join year_amounts as before
        on
            looks.entity_id = before.entity_id
            and looks.ledger_id = before.ledger_id
            and looks.fiscal_year - 1 = before.fiscal_year
            and closed_amounts.account_id = before.account_id
    group by
        looks.source_system, looks.entity_id, looks.ledger_id, looks.fiscal_year, looks.fiscal_period, looks.closed_by,
        looks.is_last_of_year, looks.posted_on, looks.ends_on, looks.is_of_period
),

judged as (
    select
        source_system,
        entity_id,
        ledger_id,
        fiscal_year,
        fiscal_period,
        closed_by,
        max(case when is_of_period then remaining_amount end) as remaining_amount,
        max(case when takes_to_zero and (is_most or (is_of_last_day and is_of_several)) then 1 else 0 end) = 1
            as is_recognised,
        max(case when is_of_last_day or is_of_year_before or (takes_to_zero and is_of_several) then 1 else 0 end) = 1
            as is_alike
    from looked_at
    group by source_system, entity_id, ledger_id, fiscal_year, fiscal_period, closed_by
)

select
    candidates.source_system,
    candidates.entity_id,
    candidates.ledger_id,
    candidates.journal_entry_id,
    candidates.posted_on,
    candidates.fiscal_year,
    candidates.closed_amount,
    judged.remaining_amount,
    judged.is_recognised
from candidates
inner join judged
    on
        candidates.source_system = judged.source_system
        and candidates.entity_id = judged.entity_id
        and candidates.ledger_id = judged.ledger_id
        and candidates.fiscal_year = judged.fiscal_year
        and candidates.fiscal_period = judged.fiscal_period
        and candidates.closed_by = judged.closed_by
where judged.is_recognised or judged.is_alike
