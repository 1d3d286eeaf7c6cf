-- Grain: one row per entity, closing, account, department and type of balance of the entity's leading ledger; debit positive.
-- A balance-sheet account carries its balance at a closing and its movement at a year-end adjustment; a profit and loss account
-- carries its movement always. What is 0 has no row, but where a system reports it, or a result comes to nothing.
-- A balance is on the account's line; one in credit on its line for such (a bank overdraft, a customer in credit), if it has one: the
-- whole account at a closing is on one side, all its departments together.
with

closings as (select * from {{ ref('closing') }}),

movements as (
    select
        closings.entity_id,
        closings.closing_id,
        movements.account_id,
        movements.department_code,
        'movement' as balance_type,
        movements.amount,
        movements.source_system,
        movements.source_table,
        movements.batch_id,
        movements.source_row,
        movements.known_at
    from {{ ref('entity_closing') }} as closings
    inner join {{ ref('ledger_movement') }} as movements
        on
            closings.entity_id = movements.entity_id
            and closings.ledger_id = movements.ledger_id
            and movements.fiscal_year * 1000 + movements.stage between closings.first_order and closings.closing_order
    where
        movements.amount <> 0
        and (movements.statement = 'profit_and_loss' or closings.closing_type = 'year_end_adjustment')
),

balances as (
    select
        entity_id,
        closing_id,
        account_id,
        department_code,
        'balance' as balance_type,
        amount,
        source_system,
        source_table,
        batch_id,
        cast(null as {{ dbt.type_bigint() }}) as source_row,
        known_at
    from {{ ref('account_balance') }}
    where amount <> 0
),

results as (
    select
        entity_id,
        closing_id,
        account_id,
        'none' as department_code,
        'balance' as balance_type,
        amount,
        source_system,
        source_table,
        batch_id,
        cast(null as {{ dbt.type_bigint() }}) as source_row,
        known_at
    from {{ ref('derived_result') }}
),

reported as (
    select
        entity_id,
        closing_id,
        account_id,
        department_code,
        case when statement = 'balance_sheet' then 'balance' else 'movement' end as balance_type,
        amount,
        {{ lineage_columns() }}
    from {{ ref('reported_amount') }}
    where closing_id is not null
),

amounts as (
    select * from movements
    union all
    select * from balances
    union all
    select * from results
    union all
    select * from reported
),

summed as (
    select
        entity_id,
        closing_id,
        account_id,
        department_code,
        balance_type,
        cast(sum(amount) as decimal(38, 6)) as amount,
        max(source_system) as source_system,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        case when count(*) = 1 then max(source_row) end as source_row,
        max(known_at) as known_at
    from amounts
    group by entity_id, closing_id, account_id, department_code, balance_type
),

in_credit as (
    select
        summed.entity_id,
        summed.closing_id,
        summed.account_id,
        accounts.credit_line_code
    from summed
    inner join {{ ref('account') }} as accounts
        on summed.account_id = accounts.account_id and accounts.credit_line_code is not null
    where summed.balance_type = 'balance'
    group by summed.entity_id, summed.closing_id, summed.account_id, accounts.credit_line_code
    having sum(summed.amount) < 0
)

select
    summed.entity_id,
    summed.closing_id,
    closings.closing_type,
    closings.period_end as closing_on,
    summed.account_id,
    accounts.account_code,
    summed.department_code,
    accounts.statement,
    coalesce(in_credit.credit_line_code, accounts.line_code) as line_code,
    summed.balance_type,
    entities.currency_code,
    summed.amount,
    {{ lineage_columns('summed') }}
from summed
inner join closings on summed.closing_id = closings.closing_id
left join {{ ref('account') }} as accounts on summed.account_id = accounts.account_id
left join in_credit
    on
        summed.entity_id = in_credit.entity_id
        and summed.closing_id = in_credit.closing_id
        and summed.account_id = in_credit.account_id
left join {{ ref('entity') }} as entities on summed.entity_id = entities.entity_id
