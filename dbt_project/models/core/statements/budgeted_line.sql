-- Grain: one row per entity or the group, closing with a budget, and line of which there is a budget then: every line that it sums and
-- that anything was ever posted to is budgeted. Without interest and taxes there is no budgeted net income; a line without accounts
-- needs no budget, and of cash flows there is none. The group has a budget of a line where each entity with books then that posts
-- to it has a budget then. Nor has an entity a budget of a line, and the group with it, that it posts to and leaves out of its budget of
-- that year, while others budget it: it is not planned with 0. Lines left out that are less than a hundredth of what it posts to are.
with

ancestors as (select * from {{ ref('statement_ancestor') }}),

ledger as (
    select
        entity_id,
        closing_id,
        statement,
        line_code,
        max(case when scenario = 'budget' then 1 else 0 end) as is_budgeted,
        max(case when scenario = 'actual' and amount <> 0 then 1 else 0 end) as is_posted,
        sum(case when scenario = 'actual' then amount else 0 end) as posted_amount
    from {{ ref('ledger_line_amount') }}
    where statement = 'profit_and_loss' or balance_type = 'balance'
    group by entity_id, closing_id, statement, line_code
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

years as (
    select
        ledger.entity_id,
        closings.fiscal_year,
        ledger.statement,
        ledger.line_code,
        max(ledger.is_budgeted) as is_budgeted,
        max(ledger.is_posted) as is_posted,
        abs(sum(ledger.posted_amount)) as posted_amount
    from ledger
    inner join budgets on ledger.entity_id = budgets.entity_id and ledger.closing_id = budgets.closing_id
    inner join closings on ledger.closing_id = closings.closing_id
    group by ledger.entity_id, closings.fiscal_year, ledger.statement, ledger.line_code
),

shares as (
    select
        *,
        sum(posted_amount) over statements as statement_amount,
        sum(case when is_budgeted = 0 then posted_amount else 0 end) over statements as left_out_amount
    from years
    window statements as (partition by entity_id, fiscal_year, statement)
),

left_out as (
    select distinct
        shares.entity_id,
        closings.closing_id,
        ancestors.ancestor_line_code as line_code
    from shares
    inner join closings on shares.fiscal_year = closings.fiscal_year
    inner join ancestors on shares.line_code = ancestors.line_code
    where
        shares.is_budgeted = 0
        and shares.is_posted = 1
        and 100 * shares.left_out_amount >= shares.statement_amount
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
    union
    select
        closing_id,
        line_code
    from left_out
)

select
    budgets.entity_id,
    budgets.closing_id,
    whole_lines.line_code
from budgets
cross join whole_lines
left join left_out
    on
        budgets.entity_id = left_out.entity_id
        and budgets.closing_id = left_out.closing_id
        and whole_lines.line_code = left_out.line_code
where left_out.entity_id is null
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
