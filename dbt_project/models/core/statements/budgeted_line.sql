-- Grain: one row per entity or the group, closing with a budget, and line of which there is a budget then: every line that it sums and
-- that anything was ever posted to is budgeted. Without interest and taxes there is no budgeted net income; a line without accounts
-- needs no budget, and of cash flows there is none. The group has a budget of a line where each entity with books then that posts
-- to it has a budget then.
with

ancestors as (select * from {{ ref('statement_ancestor') }}),

ledger as (
    select
        entity_id,
        closing_id,
        line_code,
        max(case when scenario = 'budget' then 1 else 0 end) as is_budgeted,
        max(case when scenario = 'actual' and amount <> 0 then 1 else 0 end) as is_posted
    from {{ ref('ledger_line_amount') }}
    where statement = 'profit_and_loss' or balance_type = 'balance'
    group by entity_id, closing_id, line_code
),

closings as (select * from {{ ref('closing') }}),

posted as (
    select
        line_code,
        max(is_budgeted) as is_budgeted
    from ledger
    group by line_code
),

whole_lines as (
    select ancestors.ancestor_line_code as line_code
    from posted
    inner join ancestors on posted.line_code = ancestors.line_code
    group by ancestors.ancestor_line_code
    having min(posted.is_budgeted) = 1
),

budgets as (
    select distinct
        entity_id,
        closing_id
    from ledger
    where is_budgeted = 1
),

-- Whose books an open period will have: theirs who had some at the last closing.
last_closing as (
    select closing_id from closings
    where closing_type = 'regular'
    order by period_end desc
    limit 1
),

in_books as (
    select
        entity_id,
        closing_id
    from {{ ref('entity_closing') }}
    where closing_type = 'regular' and is_within_books
    union all
    select
        books.entity_id,
        closings.closing_id
    from {{ ref('entity_closing') }} as books
    inner join last_closing on books.closing_id = last_closing.closing_id
    inner join closings on closings.closing_type = 'open'
    where books.is_within_books
),

unplanned as (
    select distinct
        in_books.closing_id,
        ancestors.ancestor_line_code as line_code
    from in_books
    left join budgets on in_books.entity_id = budgets.entity_id and in_books.closing_id = budgets.closing_id
    inner join ledger on in_books.entity_id = ledger.entity_id and ledger.is_posted = 1
    inner join ancestors on ledger.line_code = ancestors.line_code
    where budgets.entity_id is null
)

select
    budgets.entity_id,
    budgets.closing_id,
    whole_lines.line_code
from budgets
cross join whole_lines
union all
select
    group_entity.entity_id,
    group_closings.closing_id,
    whole_lines.line_code
from (select distinct closing_id from budgets) as group_closings
cross join (
    select entity_id from {{ ref('entity') }}
    where is_group
) as group_entity
cross join whole_lines
left join unplanned
    on group_closings.closing_id = unplanned.closing_id and whole_lines.line_code = unplanned.line_code
where
    unplanned.line_code is null
    and not exists (
        select 1 from budgets
        where budgets.entity_id = group_entity.entity_id
    )
