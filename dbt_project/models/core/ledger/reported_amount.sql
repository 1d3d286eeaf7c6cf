-- Grain: one row per entity, closing, account and department that a system reported as standing at the closing.
-- A balance of the balance sheet is taken as it is; one of profit and loss is the year so far, and its movement is what it grew by.
with

balances as (
    select
        balances.*,
        accounts.account_id as identity,
        accounts.statement,
        calendar.closing_id,
        calendar.fiscal_year
    from {{ ref('reported_balance') }} as balances
    left join {{ ref('account') }} as accounts
        on balances.source_system = accounts.source_system and balances.account_id = accounts.source_account_id
    left join {{ ref('calendar_day') }} as calendar
        on balances.entity_id = calendar.entity_id and balances.closing_on = calendar.date_day
    where balances.kind = 'balance'
)

select
    entity_id,
    ledger_id,
    closing_on,
    closing_id,
    identity as account_id,
    department_code,
    statement,
    case
        when statement = 'profit_and_loss'
            then amount - coalesce(
                lag(amount) over (
                    partition by entity_id, ledger_id, fiscal_year, identity, department_code order by closing_on
                ),
                0
            )
        else amount
    end as amount,
    {{ lineage_columns() }}
from balances
