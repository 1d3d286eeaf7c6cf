-- Fails for an account whose opening and vouchers do not come to the balance, or result, that the file states.
-- Why: a voucher is missing or in quarantine, or the program does not roll its closing balances.
{{ config(severity='warn') }}
with

ours as (
    select lines.account_code, years.last_day as closing_on, sum(lines.amount) as amount
    from {{ ref('map_SYSTEM__journal_line') }} as lines
    inner join (
        select distinct first_day, last_day
        from {{ ref('stg_SYSTEM__fiscal_year') }}
        where year_index = 0
    ) as years on lines.posted_on between years.first_day and years.last_day
    group by lines.account_code, years.last_day
),

theirs as (select account_code, closing_on, amount from {{ ref('map_SYSTEM__control_balance') }})

select
    coalesce(theirs.account_code, ours.account_code) as account_code,
    coalesce(theirs.closing_on, ours.closing_on) as closing_on,
    theirs.amount as stated,
    ours.amount as computed,
    coalesce(theirs.amount, 0) - coalesce(ours.amount, 0) as difference
from theirs
full outer join ours on theirs.account_code = ours.account_code and theirs.closing_on = ours.closing_on
where coalesce(theirs.amount, 0) <> coalesce(ours.amount, 0)
