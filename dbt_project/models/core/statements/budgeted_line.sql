-- Grain: one row per line of which there is a budget: every line that it sums and that anything was ever posted to is
-- budgeted. Without interest and taxes there is no budgeted net income; a line without accounts needs no budget.
with

lines as (select * from {{ ref('layout_line') }}),

posted as (
    select
        line_code,
        max(case when scenario = 'budget' then 1 else 0 end) as is_budgeted
    from {{ ref('ledger_line_amount') }}
    where statement = 'profit_and_loss' or balance_type = 'balance'
    group by line_code
    union all
    -- Of cash flows there is no budget.
    select distinct
        line_code,
        0 as is_budgeted
    from {{ ref('cash_flow_amount') }}
)

select ancestors.ancestor_line_code as line_code
from lines
inner join {{ ref('statement_ancestor') }} as ancestors on lines.line_code = ancestors.line_code
inner join posted on lines.line_code = posted.line_code
where not lines.is_subtotal
group by ancestors.ancestor_line_code
having min(posted.is_budgeted) = 1
