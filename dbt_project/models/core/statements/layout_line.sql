-- Grain: one row per line of the statements in the company's layout, and per line that shows what no other line does.
-- `unmapped` holds accounts that nobody has given a line, `cf_unexplained` changes of balances that no line of the cash flow
-- statement has. A layout may have lines of these roles; where it has none, they are added, and shown when they hold something.
with

declared as (select * from {{ source('company', 'statement_line') }}),

roots as (
    select
        statement,
        min(line_order) as line_order
    from declared
    where parent_line_code is null and is_subtotal
    group by statement
),

-- The first total of each statement: net income, total assets, the change in cash.
totals as (
    select
        declared.statement,
        declared.line_code,
        declared.line_order,
        declared.presentation_sign
    from declared
    inner join roots on declared.statement = roots.statement and declared.line_order = roots.line_order
    where declared.parent_line_code is null and declared.is_subtotal
),

added as (
    select
        'profit_and_loss' as statement,
        'unmapped_result' as line_code,
        'unmapped' as role,
        'Accounts without a line' as line_name
    union all
    select
        'balance_sheet' as statement,
        'unmapped' as line_code,
        'unmapped' as role,
        'Accounts without a line' as line_name
    union all
    select
        'cash_flow' as statement,
        'cf_unexplained' as line_code,
        'cf_unexplained' as role,
        'Unexplained' as line_name
)

select
    statement,
    line_code,
    parent_line_code,
    line_name,
    line_order,
    line_level,
    is_subtotal,
    presentation_sign,
    role,
    coalesce(role in ('unmapped', 'cf_unexplained'), false) as is_shown_when_posted
from declared
union all
select
    totals.statement,
    added.line_code,
    totals.line_code as parent_line_code,
    added.line_name,
    totals.line_order - 1 as line_order,
    2 as line_level,
    false as is_subtotal,
    totals.presentation_sign,
    added.role,
    true as is_shown_when_posted
from added
inner join totals on added.statement = totals.statement
left join declared on added.statement = declared.statement and added.role = declared.role
where declared.line_code is null
