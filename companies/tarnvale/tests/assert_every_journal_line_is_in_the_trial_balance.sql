-- Fails for each entity whose trial balance does not hold what its journals hold: a line of an account, a period or an entity that
-- core does not know would be missing in every statement. Profit and loss is compared in sum, the balance sheet at the last closing.
with

closings as (
    select
        closing_id,
        closing_type,
        fiscal_year * 100 + fiscal_period as period_order
    from {{ ref('closing') }}
    where is_closed
),

last_closing as (
    select max(period_order) as period_order
    from closings
    where closing_type = 'regular'
),

journal as (
    select
        journal.entity_id,
        sum(case when journal.account_code < '4' then journal.amount else 0 end) as balance_amount,
        sum(
            case
                when journal.account_code >= '4' and journal.journal_type <> 'year_end_close' then journal.amount
                else 0
            end
        ) as movement_amount
    from {{ ref('stg_simulated__journal_line') }} as journal
    cross join last_closing
    where cast(replace(journal.period_id, '-', '') as {{ dbt.type_int() }}) <= last_closing.period_order
    group by journal.entity_id
),

ledger as (
    select
        ledger.entity_id,
        sum(
            case
                when
                    closings.period_order = last_closing.period_order and ledger.statement = 'balance_sheet'
                    and ledger.line_code <> 'current_retained_earnings'
                    then ledger.amount
                else 0
            end
        ) as balance_amount,
        sum(
            case
                when closings.period_order <= last_closing.period_order and ledger.statement = 'profit_and_loss'
                    then ledger.amount
                else 0
            end
        ) as movement_amount
    from {{ ref('trial_balance') }} as ledger
    inner join closings on ledger.closing_id = closings.closing_id
    cross join last_closing
    group by ledger.entity_id
)

select
    journal.entity_id,
    journal.balance_amount,
    ledger.balance_amount as ledger_balance_amount,
    journal.movement_amount,
    ledger.movement_amount as ledger_movement_amount
from journal
full outer join ledger on journal.entity_id = ledger.entity_id
where
    coalesce(journal.balance_amount, 0) <> coalesce(ledger.balance_amount, 0)
    or coalesce(journal.movement_amount, 0) <> coalesce(ledger.movement_amount, 0)
