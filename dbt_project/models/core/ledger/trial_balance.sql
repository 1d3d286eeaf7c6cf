-- Grain: one row per entity, closing, account, department and type of balance of the entity's leading ledger; debit positive.
-- A balance-sheet account carries its balance at a closing and its movement at a year-end adjustment; a profit and loss account
-- carries its movement always. What is 0 has no row, but where a system reports it.
with

closings as (select * from {{ ref('closing') }}),

movements as (
    select
        closings.entity_id,
        closings.closing_id,
        movements.account_code,
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
        account_code,
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

-- A part of the result sits on the chart's own account of that role, where it has one, else on an account of its name.
result_accounts as (
    select
        structure.role,
        structure.line_code,
        min(accounts.account_code) as account_code
    from {{ ref('layout_line') }} as structure
    left join {{ ref('account') }} as accounts on structure.line_code = accounts.line_code and accounts.is_in_chart
    where structure.role in ('result_of_year', 'retained_earnings')
    group by structure.role, structure.line_code
),

results as (
    select
        derived.entity_id,
        derived.closing_id,
        case
            when derived.part = 'result_of_year' then coalesce(result_accounts.account_code, derived.part)
            else derived.part
        end as account_code,
        'none' as department_code,
        'balance' as balance_type,
        derived.amount,
        derived.source_system,
        derived.source_table,
        derived.batch_id,
        cast(null as {{ dbt.type_bigint() }}) as source_row,
        derived.known_at
    from {{ ref('derived_result') }} as derived
    left join result_accounts
        on
            case when derived.part = 'result_of_year' then 'result_of_year' else 'retained_earnings' end
            = result_accounts.role
),

reported as (
    select
        entity_id,
        closing_id,
        account_code,
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

lines as (
    select
        account_code,
        statement,
        line_code
    from {{ ref('account') }}
    union all
    select
        derived.part as account_code,
        'balance_sheet' as statement,
        structure.line_code
    from (
        select 'result_of_year' as part, 'result_of_year' as role
        union all
        select 'results_of_earlier_years' as part, 'retained_earnings' as role
        union all
        select 'result_not_carried_over' as part, 'retained_earnings' as role
    ) as derived
    inner join {{ ref('layout_line') }} as structure on derived.role = structure.role
),

summed as (
    select
        entity_id,
        closing_id,
        account_code,
        department_code,
        balance_type,
        cast(sum(amount) as decimal(38, 2)) as amount,
        max(source_system) as source_system,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        case when count(*) = 1 then max(source_row) end as source_row,
        max(known_at) as known_at
    from amounts
    group by entity_id, closing_id, account_code, department_code, balance_type
)

select
    summed.entity_id,
    summed.closing_id,
    closings.closing_type,
    closings.period_end as closing_on,
    summed.account_code,
    summed.department_code,
    lines.statement,
    lines.line_code,
    summed.balance_type,
    entities.currency_code,
    summed.amount,
    {{ lineage_columns('summed') }}
from summed
inner join closings on summed.closing_id = closings.closing_id
left join lines on summed.account_code = lines.account_code
left join {{ ref('entity') }} as entities on summed.entity_id = entities.entity_id
