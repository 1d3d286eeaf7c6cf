-- Fails for each entity, account and department whose movements of the leading ledger are not in the trial balance: of profit and loss what
-- all closings hold, of the balance sheet what stands at the last one. The account that takes the
-- derived result is left to assert_books_balance_without_translation.
with

entity_ranges as (
    select
        entity_id,
        ledger_id,
        min(first_order) as first_order,
        max(closing_order) as closing_order,
        max(case when has_balances then balance_order end) as balance_order,
        max(case when has_balances then anchor_order end) as anchor_order
    from {{ ref('entity_closing') }}
    group by entity_id, ledger_id
),

last_closings as (
    select
        entity_id,
        closing_id
    from (
        select
            entity_id,
            closing_id,
            row_number() over (partition by entity_id order by closing_order desc) as from_last
        from {{ ref('entity_closing') }}
        where closing_type in ('opening', 'regular') and has_balances
    ) as closings
    where from_last = 1
),

reporting as (
    select distinct
        entity_id,
        statement
    from {{ ref('reported_amount') }}
),

posted as (
    select
        movements.entity_id,
        movements.account_id,
        movements.department_code,
        sum(movements.amount) as amount
    from {{ ref('ledger_movement') }} as movements
    inner join entity_ranges as ranges
        on movements.entity_id = ranges.entity_id and movements.ledger_id = ranges.ledger_id
    left join reporting
        on movements.entity_id = reporting.entity_id and movements.statement = reporting.statement
    where
        reporting.entity_id is null
        and movements.account_id not in (
            select accounts.account_id from {{ ref('account') }} as accounts
            inner join {{ lines_of_role('result_of_year') }} as results on accounts.line_code = results.line_code
        )
        and case
            when movements.statement = 'profit_and_loss'
                then
                    movements.stage between 1 and 949
                    and movements.fiscal_year * 1000 + movements.stage
                    between ranges.first_order and greatest(ranges.closing_order, coalesce(ranges.balance_order, 0))
            else
                movements.fiscal_year * 1000 + movements.stage between ranges.anchor_order and ranges.balance_order
        end
    group by movements.entity_id, movements.account_id, movements.department_code
),

found as (
    select
        balances.entity_id,
        balances.account_id,
        balances.department_code,
        sum(balances.amount) as amount
    from {{ ref('trial_balance') }} as balances
    left join last_closings
        on balances.entity_id = last_closings.entity_id and balances.closing_id = last_closings.closing_id
    where balances.statement = 'profit_and_loss' or last_closings.closing_id is not null
    group by balances.entity_id, balances.account_id, balances.department_code
)

select
    posted.entity_id,
    posted.account_id,
    posted.department_code,
    posted.amount as posted_amount,
    found.amount as trial_balance_amount
from posted
left join found
    on
        posted.entity_id = found.entity_id
        and posted.account_id = found.account_id
        and posted.department_code = found.department_code
where posted.amount <> coalesce(found.amount, 0)
