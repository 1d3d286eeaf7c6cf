-- Grain: one row per entity, closing, account and department of the budget in force: of each fiscal year the newest version.
with

budgets as (
    select
        *,
        max(issued_on) over (partition by entity_id, substring(period_id, 1, 4)) as newest_issued_on
    from {{ ref('stg_simulated__budget') }}
),

closings as (
    select * from {{ ref('closing') }}
    where closing_type = 'regular'
)

select
    budgets.entity_id,
    closings.closing_id,
    budgets.account_code,
    budgets.department_code,
    budgets.amount,
    {{ lineage_columns('budgets') }}
from budgets
inner join closings on budgets.period_id = closings.closing_id
where budgets.issued_on = budgets.newest_issued_on
