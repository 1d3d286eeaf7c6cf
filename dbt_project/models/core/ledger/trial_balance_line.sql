{{ config(materialized='view') }}
-- Grain: one row per row of the trial balance of actual amounts and line that it is the sum of: of a journal, else of a report of balances.
-- `amount` is what the line adds to the figure. A view, and nothing is copied: ask for an entity, a closing and an account.
-- A balance is the sum of all lines since the books of its entity began, or an opening entry began them anew. What the product derives is
-- the sum of the lines of profit and loss that it was derived from; a result that an opening does not carry over, of the opening's lines
-- with the opposite sign.
{% set of_line = [
    'line_type', 'journal_entry_id', 'journal_line_id', 'posted_on', 'entry_type', 'document_type', 'document_id', 'description',
    'source_system', 'source_table', 'batch_id', 'source_row', 'known_at',
] %}
with

lines as (
    select
        lines.entity_id,
        lines.ledger_id,
        posted.fiscal_year,
        {{ posting_stage() }} as stage,
        posted.fiscal_year * 1000 + {{ posting_stage() }} as posted_order,
        accounts.account_id,
        accounts.statement,
        lines.department_code,
        'journal' as line_type,
        lines.journal_entry_id,
        lines.journal_line_id,
        lines.posted_on,
        lines.entry_type,
        lines.document_type,
        lines.document_id,
        lines.description,
        lines.amount,
        {{ lineage_columns('lines') }}
    from {{ ref('journal_line') }} as lines
    {{ with_posting_period() }}
    left join {{ ref('account') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
    union all
    select
        balances.entity_id,
        balances.ledger_id,
        posted.fiscal_year,
        posted.stage,
        posted.fiscal_year * 1000 + posted.stage as posted_order,
        accounts.account_id,
        accounts.statement,
        balances.department_code,
        'reported movement' as line_type,
        cast(null as {{ dbt.type_string() }}) as journal_entry_id,
        cast(null as {{ dbt.type_string() }}) as journal_line_id,
        balances.closing_on as posted_on,
        balances.entry_type,
        cast(null as {{ dbt.type_string() }}) as document_type,
        cast(null as {{ dbt.type_string() }}) as document_id,
        cast(null as {{ dbt.type_string() }}) as description,
        balances.amount,
        {{ lineage_columns('balances') }}
    from {{ ref('reported_balance') }} as balances
    {{ with_posting_period_of_reports() }}
    left join {{ ref('account') }} as accounts
        on balances.source_system = accounts.source_system and balances.account_id = accounts.source_account_id
    where balances.kind = 'movement'
),

closings as (
    select
        closings.*,
        closings.closing_type <> 'year_end_adjustment'
        and closings.has_balances
        and not exists (
            select 1 from {{ ref('reported_amount') }} as reported
            where reported.entity_id = closings.entity_id and reported.statement = 'balance_sheet'
        ) as carries_balances
    from {{ ref('entity_closing') }} as closings
),

-- What a report says of a closing; of profit and loss by how much it grew since the report before.
reports as (
    select
        entity_id,
        closing_id,
        account_id,
        department_code,
        statement,
        'reported balance' as line_type,
        cast(null as {{ dbt.type_string() }}) as journal_entry_id,
        cast(null as {{ dbt.type_string() }}) as journal_line_id,
        closing_on as posted_on,
        'ordinary' as entry_type,
        cast(null as {{ dbt.type_string() }}) as document_type,
        cast(null as {{ dbt.type_string() }}) as document_id,
        cast(null as {{ dbt.type_string() }}) as description,
        {{ lineage_columns() }},
        amount
    from {{ ref('reported_amount') }}
    where closing_id is not null
),

-- Which lines each kind of figure is the sum of.
figures as (
    select
        closings.entity_id,
        closings.closing_id,
        lines.account_id,
        lines.department_code,
        'movement' as balance_type,
        lines.account_id as posted_account_id,
        lines.{{ of_line | join(', lines.') }},
        lines.amount
    from closings
    inner join lines
        on
            closings.entity_id = lines.entity_id
            and closings.ledger_id = lines.ledger_id
            and lines.posted_order between closings.first_order and closings.closing_order
            and (lines.statement = 'profit_and_loss' or closings.closing_type = 'year_end_adjustment')
    union all
    select
        closings.entity_id,
        closings.closing_id,
        lines.account_id,
        lines.department_code,
        'balance' as balance_type,
        lines.account_id as posted_account_id,
        lines.{{ of_line | join(', lines.') }},
        lines.amount
    from closings
    inner join lines
        on
            closings.entity_id = lines.entity_id
            and closings.ledger_id = lines.ledger_id
            and lines.posted_order between closings.anchor_order and closings.balance_order
            and lines.statement = 'balance_sheet'
            and closings.carries_balances
    union all
    select
        derived.entity_id,
        derived.closing_id,
        derived.account_id,
        'none' as department_code,
        'balance' as balance_type,
        lines.account_id as posted_account_id,
        lines.{{ of_line | join(', lines.') }},
        case when derived.part = 'result_not_carried_over' then -1 else 1 end * lines.amount as amount
    from {{ ref('derived_result') }} as derived
    inner join closings on derived.entity_id = closings.entity_id and derived.closing_id = closings.closing_id
    inner join lines
        on
            derived.entity_id = lines.entity_id
            and closings.ledger_id = lines.ledger_id
            and derived.fiscal_year = lines.fiscal_year
            and lines.posted_order between closings.anchor_order and closings.balance_order
            and case derived.part
                when 'result_not_carried_over' then lines.stage = 0
                else lines.statement = 'profit_and_loss'
            end
    union all
    select
        derived.entity_id,
        derived.closing_id,
        derived.account_id,
        'none' as department_code,
        'balance' as balance_type,
        reports.account_id as posted_account_id,
        reports.{{ of_line | join(', reports.') }},
        reports.amount
    from {{ ref('derived_result') }} as derived
    inner join closings on derived.entity_id = closings.entity_id and derived.closing_id = closings.closing_id
    inner join closings as reported_closings
        on
            closings.entity_id = reported_closings.entity_id
            and derived.fiscal_year = reported_closings.fiscal_year
            and closings.closing_order >= reported_closings.closing_order
    inner join reports
        on
            reported_closings.entity_id = reports.entity_id
            and reported_closings.closing_id = reports.closing_id
            and reports.statement = 'profit_and_loss'
    where derived.part = 'result_of_year'
)

select
    entity_id,
    closing_id,
    account_id,
    department_code,
    balance_type,
    posted_account_id,
    {{ of_line | join(', ') }},
    amount
from figures
union all
select
    entity_id,
    closing_id,
    account_id,
    department_code,
    case when statement = 'balance_sheet' then 'balance' else 'movement' end as balance_type,
    account_id as posted_account_id,
    {{ of_line | join(', ') }},
    amount
from reports
