-- Warns of each account whose opening entry is not what stood on it at the end of the fiscal year before, closing entries
-- included; equity accounts together, with the result that the books have not carried over yet. An opening counts in place of
-- what was before it, so the amount is in one year's balance sheet and not in the next one's.
{{ config(severity='warn') }}
with

movements as (
    select
        movements.*,
        coalesce(
            movements.statement = 'profit_and_loss'
            or lines.role in {{ equity_roles() }}, false
        ) as is_of_equity
    from {{ ref('ledger_movement') }} as movements
    left join {{ ref('account') }} as accounts on movements.account_id = accounts.account_id
    left join {{ ref('layout_line') }} as lines on accounts.line_code = lines.line_code
    where movements.fiscal_year is not null
),

openings as (
    select distinct
        entity_id,
        ledger_id,
        fiscal_year
    from movements
    where stage = 0
),

-- The postings that an opening comes after: back to the opening before it, or to the first.
ranges as (
    select
        *,
        coalesce(lag(fiscal_year) over (partition by entity_id, ledger_id order by fiscal_year), 0) as from_year
    from openings
),

before as (
    select
        ranges.entity_id,
        ranges.ledger_id,
        ranges.fiscal_year,
        case when movements.is_of_equity then '(equity)' else movements.account_id end as account_id,
        sum(movements.amount) as amount
    from ranges
    inner join movements
        on
            ranges.entity_id = movements.entity_id
            and ranges.ledger_id = movements.ledger_id
            and ranges.from_year <= movements.fiscal_year
            and ranges.fiscal_year > movements.fiscal_year
    group by 1, 2, 3, 4
),

opened as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        case when is_of_equity then '(equity)' else account_id end as account_id,
        sum(amount) as amount
    from movements
    where stage = 0
    group by 1, 2, 3, 4
),

continued as (
    select distinct
        entity_id,
        ledger_id,
        fiscal_year
    from before
)

select
    coalesce(before.entity_id, opened.entity_id) as entity_id,
    coalesce(before.ledger_id, opened.ledger_id) as ledger_id,
    coalesce(before.fiscal_year, opened.fiscal_year) as fiscal_year,
    coalesce(before.account_id, opened.account_id) as account_id,
    before.amount as closing_amount,
    opened.amount as opening_amount,
    coalesce(opened.amount, 0) - coalesce(before.amount, 0) as difference
from before
full outer join opened
    on
        before.entity_id = opened.entity_id
        and before.ledger_id = opened.ledger_id
        and before.fiscal_year = opened.fiscal_year
        and before.account_id = opened.account_id
inner join continued
    on
        coalesce(before.entity_id, opened.entity_id) = continued.entity_id
        and coalesce(before.ledger_id, opened.ledger_id) = continued.ledger_id
        and coalesce(before.fiscal_year, opened.fiscal_year) = continued.fiscal_year
where coalesce(opened.amount, 0) <> coalesce(before.amount, 0)
