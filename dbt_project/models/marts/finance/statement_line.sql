-- Grain: one row per statement, line, entity, closing and scenario; amounts with the sign that the line is presented in.
-- A statement is complete: a line without postings is there as 0, and so is a profit and loss account of a period within the books
-- that nothing was earned or spent in. The group is the sum of its entities, translated. Books that lack postings which were due make
-- the entity partial, and the group with it.
with

lines as (select * from {{ ref('layout_line') }}),

amounts as (select * from {{ ref('statement_amount') }}),

closings as (select * from {{ ref('closing') }}),

budgeted_lines as (select * from {{ ref('budgeted_line') }}),

late_books as (
    select
        entity_id,
        closing_id
    from {{ ref('late_books') }}
    union  -- distinct
    select
        entities.entity_id,
        late.closing_id
    from {{ ref('late_books') }} as late
    inner join {{ ref('entity') }} as entities on entities.is_group
),

earners as (
    select distinct
        entity_id,
        currency_code,
        consolidation
    from amounts
    where scenario = 'actual' and statement = 'profit_and_loss'
),

statements as (
    select
        scenario,
        statement,
        entity_id,
        closing_id,
        currency_code,
        consolidation
    from amounts
    union  -- distinct
    select
        'actual' as scenario,
        'profit_and_loss' as statement,
        earners.entity_id,
        books.closing_id,
        earners.currency_code,
        earners.consolidation
    from {{ ref('entity_closing') }} as books
    inner join earners
        on books.entity_id = earners.entity_id or earners.consolidation <> 'entity'
    where books.closing_type = 'regular' and books.is_within_books
)

select
    lines.statement,
    lines.line_code,
    lines.line_name,
    cast(lines.line_order as {{ dbt.type_int() }}) as line_order,
    cast(lines.line_level as {{ dbt.type_int() }}) as line_level,
    lines.is_subtotal,
    cast(
        case when lines.statement = 'profit_and_loss' then -lines.presentation_sign else 0 end as {{ dbt.type_int() }}
    ) as polarity,
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
        case when lines.statement = 'cash_flow' then 1 else -lines.presentation_sign end * amounts.amount, 0
    ) as decimal(38, 6)) as amount,
    statements.scenario = 'actual' and late_books.closing_id is not null as is_partial
from statements
inner join lines on statements.statement = lines.statement
left join closings on statements.closing_id = closings.closing_id
left join late_books
    on statements.entity_id = late_books.entity_id and statements.closing_id = late_books.closing_id
left join budgeted_lines
    on
        statements.scenario = 'budget'
        and statements.entity_id = budgeted_lines.entity_id
        and statements.closing_id = budgeted_lines.closing_id
        and lines.line_code = budgeted_lines.line_code
left join amounts
    on
        statements.scenario = amounts.scenario
        and statements.statement = amounts.statement
        and statements.entity_id = amounts.entity_id
        and statements.closing_id = amounts.closing_id
        and lines.line_code = amounts.line_code
where
    (statements.scenario = 'actual' or budgeted_lines.line_code is not null)
    and (not lines.is_shown_when_posted or amounts.amount <> 0)
