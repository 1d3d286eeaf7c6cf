-- Grain: one row per entity, closing, account and department of the journals; debit positive.
-- Profit and loss is what was posted in the period, without the year-end close. A balance is all that was posted up to the
-- closing's period, late postings included. The result of the year so far, account 2440, is derived. What is 0 has no row.
with

journal as (
    select
        entity_id,
        cast(replace(period_id, '-', '') as {{ dbt.type_int() }}) as period_order,
        account_code,
        department_code,
        journal_type = 'year_end_close' as is_close,
        sum(amount) as amount,
        max(source_system) as source_system,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        max(known_at) as known_at
    from {{ ref('stg_simulated__journal_line') }}
    group by
        entity_id, cast(replace(period_id, '-', '') as {{ dbt.type_int() }}), account_code, department_code,
        journal_type = 'year_end_close'
),

accounts as (select * from {{ ref('account') }}),

closings as (
    select
        closing_id,
        closing_type,
        fiscal_year,
        fiscal_year * 100 + fiscal_period as period_order
    from {{ ref('closing') }}
    where is_closed
),

postings as (
    select
        journal.*,
        accounts.statement
    from journal
    inner join accounts on journal.account_code = accounts.account_code
),

movements as (
    select
        postings.entity_id,
        closings.closing_id,
        postings.account_code,
        postings.department_code,
        postings.amount,
        postings.source_system,
        postings.source_table,
        postings.batch_id,
        postings.known_at
    from postings
    inner join closings on postings.period_order = closings.period_order
    where
        not postings.is_close
        and (postings.statement = 'profit_and_loss' or closings.closing_type = 'year_end_adjustment')
),

balances as (
    select
        postings.entity_id,
        closings.closing_id,
        postings.account_code,
        postings.department_code,
        sum(postings.amount) as amount,
        max(postings.source_system) as source_system,
        max(postings.source_table) as source_table,
        max(postings.batch_id) as batch_id,
        max(postings.known_at) as known_at
    from postings
    inner join closings
        on postings.period_order <= closings.period_order and closings.closing_type in ('opening', 'regular')
    where postings.statement = 'balance_sheet'
    group by postings.entity_id, closings.closing_id, postings.account_code, postings.department_code
),

results as (
    select
        postings.entity_id,
        closings.closing_id,
        accounts.account_code,
        '00' as department_code,
        sum(postings.amount) as amount,
        max(postings.source_system) as source_system,
        max(postings.source_table) as source_table,
        max(postings.batch_id) as batch_id,
        max(postings.known_at) as known_at
    from postings
    inner join closings
        on
            postings.period_order between closings.fiscal_year * 100 + 1 and closings.period_order
            and closings.closing_type = 'regular'
    inner join accounts on accounts.line_code = 'current_retained_earnings'
    where postings.statement = 'profit_and_loss' and not postings.is_close
    group by postings.entity_id, closings.closing_id, accounts.account_code
),

final as (
    select * from movements
    union all
    select * from balances
    union all
    select * from results
)

select
    entity_id,
    closing_id,
    account_code,
    department_code,
    amount,
    source_system,
    source_table,
    batch_id,
    cast(null as {{ dbt.type_bigint() }}) as source_row,
    known_at
from final
where amount <> 0
