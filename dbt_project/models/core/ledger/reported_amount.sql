-- Grain: one row per entity, closing, account and department that a system reported as standing at the closing.
-- A balance of the balance sheet is taken as it is; one of profit and loss is the year so far, and its movement is what it grew by.
-- Of several reports of one period the last one stands. A report is complete: an account of profit and loss that an earlier report of the
-- year has, and a later one leaves out, is back at 0.
with

reported as (
    select
        balances.*,
        accounts.account_id as identity,
        accounts.statement,
        calendar.closing_id,
        calendar.fiscal_year,
        max(balances.closing_on) over (
            partition by
                balances.source_system, balances.entity_id, balances.ledger_id,
                coalesce(calendar.closing_id, cast(balances.closing_on as {{ dbt.type_string() }}))
        ) as last_on
    from {{ ref('reported_balance') }} as balances
    left join {{ ref('account') }} as accounts
        on balances.source_system = accounts.source_system and balances.account_id = accounts.source_account_id
    left join {{ ref('calendar_day') }} as calendar
        on balances.entity_id = calendar.entity_id and balances.closing_on = calendar.date_day
    where balances.kind = 'balance'
),

standing as (
    select
        entity_id,
        ledger_id,
        closing_on,
        closing_id,
        fiscal_year,
        identity,
        department_code,
        statement,
        true as is_reported,
        amount,
        {{ lineage_columns() }}
    from reported
    where closing_on = last_on
),

reports as (
    select
        source_system,
        entity_id,
        ledger_id,
        closing_on,
        closing_id,
        fiscal_year,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        max(known_at) as known_at
    from standing
    where statement = 'profit_and_loss'
    group by source_system, entity_id, ledger_id, closing_on, closing_id, fiscal_year
),

results as (
    select
        source_system,
        entity_id,
        ledger_id,
        fiscal_year,
        identity,
        department_code,
        min(closing_on) as first_on
    from standing
    where statement = 'profit_and_loss'
    group by source_system, entity_id, ledger_id, fiscal_year, identity, department_code
),

left_out as (
    select
        reports.entity_id,
        reports.ledger_id,
        reports.closing_on,
        reports.closing_id,
        reports.fiscal_year,
        results.identity,
        results.department_code,
        'profit_and_loss' as statement,
        false as is_reported,
        0 as amount,
        max(reports.source_system) as source_system,
        max(reports.source_table) as source_table,
        max(reports.batch_id) as batch_id,
        cast(null as {{ dbt.type_bigint() }}) as source_row,
        max(reports.known_at) as known_at
    from results
    inner join reports
        on
            results.source_system = reports.source_system
            and results.entity_id = reports.entity_id
            and results.ledger_id = reports.ledger_id
            and results.fiscal_year = reports.fiscal_year
            and results.first_on < reports.closing_on
    left join standing
        on
            reports.entity_id = standing.entity_id
            and reports.ledger_id = standing.ledger_id
            and reports.closing_on = standing.closing_on
            and results.identity = standing.identity
            and results.department_code = standing.department_code
    where standing.entity_id is null
    group by
        reports.entity_id, reports.ledger_id, reports.closing_on, reports.closing_id, reports.fiscal_year,
        results.identity, results.department_code
),

amounts as (
    select * from standing
    union all
    select * from left_out
),

movements as (
    select
        *,
        case
            when statement = 'profit_and_loss'
                then amount - coalesce(
                    lag(amount) over (
                        partition by entity_id, ledger_id, fiscal_year, identity, department_code order by closing_on
                    ),
                    0
                )
            else amount
        end as movement
    from amounts
)

select
    entity_id,
    ledger_id,
    closing_on,
    closing_id,
    identity as account_id,
    department_code,
    statement,
    movement as amount,
    {{ lineage_columns() }}
from movements
where is_reported or movement <> 0
