-- Grain: one row per statement, line, entity, closing and scenario; amounts with the sign that the line is presented in.
-- A statement is complete: a line without postings is there as 0. The group is the sum of its entities, translated.
with

structure as (select * from {{ ref('layout_line') }}),

ancestors as (select * from {{ ref('statement_ancestor') }}),

closings as (select * from {{ ref('closing') }}),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select
        entity_id,
        currency_code
    from entities
    where is_group
),

ledger_amounts as (
    select
        scenario,
        statement,
        line_code,
        entity_id,
        closing_id,
        -amount as amount,
        -group_amount as group_amount
    from {{ ref('ledger_line_amount') }}
    where statement = 'profit_and_loss' or balance_type = 'balance'
    union all
    select
        'actual' as scenario,
        'cash_flow' as statement,
        line_code,
        entity_id,
        closing_id,
        amount,
        group_amount
    from {{ ref('cash_flow_amount') }}
),

line_totals as (
    select
        ledger_amounts.scenario,
        ledger_amounts.statement,
        ancestors.ancestor_line_code as line_code,
        ledger_amounts.entity_id,
        ledger_amounts.closing_id,
        sum(ledger_amounts.amount) as amount,
        sum(ledger_amounts.group_amount) as group_amount
    from ledger_amounts
    inner join ancestors on ledger_amounts.line_code = ancestors.line_code
    group by
        ledger_amounts.scenario, ledger_amounts.statement, ancestors.ancestor_line_code,
        ledger_amounts.entity_id, ledger_amounts.closing_id
),

amounts as (
    select
        line_totals.scenario,
        line_totals.statement,
        line_totals.line_code,
        line_totals.entity_id,
        line_totals.closing_id,
        entities.currency_code,
        'entity' as consolidation,
        line_totals.amount
    from line_totals
    inner join entities on line_totals.entity_id = entities.entity_id
    where line_totals.amount is not null
    union all
    select
        line_totals.scenario,
        line_totals.statement,
        line_totals.line_code,
        group_entity.entity_id,
        line_totals.closing_id,
        group_entity.currency_code,
        'group_before_eliminations' as consolidation,
        sum(line_totals.group_amount) as amount
    from line_totals
    cross join group_entity
    group by
        line_totals.scenario, line_totals.statement, line_totals.line_code,
        group_entity.entity_id, line_totals.closing_id, group_entity.currency_code
),

statements as (
    select distinct
        scenario,
        statement,
        entity_id,
        closing_id,
        currency_code,
        consolidation
    from amounts
),

posted_lines as (
    select
        line_code,
        count_if(scenario = 'budget') > 0 as is_budgeted
    from ledger_amounts
    group by line_code
),

-- A line of the budget is there when every line that it sums is budgeted: without interest and taxes no net income.
-- A line that no account of the ledger belongs to needs no budget.
budgeted_lines as (
    select ancestors.ancestor_line_code as line_code
    from structure
    inner join ancestors on structure.line_code = ancestors.line_code
    inner join posted_lines on structure.line_code = posted_lines.line_code
    where not structure.is_subtotal
    group by ancestors.ancestor_line_code
    having bool_and(posted_lines.is_budgeted)
),

final as (
    select
        structure.statement,
        structure.line_code,
        structure.line_name,
        cast(structure.line_order as {{ dbt.type_int() }}) as line_order,
        cast(structure.line_level as {{ dbt.type_int() }}) as line_level,
        structure.is_subtotal,
        statements.entity_id,
        statements.closing_id,
        closings.closing_type,
        closings.fiscal_year,
        closings.fiscal_period,
        closings.period_start,
        closings.period_end,
        statements.scenario,
        statements.currency_code,
        statements.consolidation,
        cast(coalesce(
            case
                when structure.statement = 'cash_flow' then amounts.amount else
                    -structure.presentation_sign * amounts.amount
            end,
            0
        ) as decimal(38, 2)) as amount
    from statements
    inner join structure on statements.statement = structure.statement
    inner join closings on statements.closing_id = closings.closing_id
    left join budgeted_lines on structure.line_code = budgeted_lines.line_code
    left join amounts
        on
            statements.scenario = amounts.scenario
            and statements.statement = amounts.statement
            and statements.entity_id = amounts.entity_id
            and statements.closing_id = amounts.closing_id
            and structure.line_code = amounts.line_code
    where statements.scenario = 'actual' or budgeted_lines.line_code is not null
)

select * from final
