-- Grain: one row per closing of the group: heads in the ledger, and employees hired by then who have not left.
with

heads as (
    select
        closing_on as period_end,
        sum(quantity) as headcount
    from {{ ref('statistical_balance') }}
    where quantity_name = 'headcount'
    group by closing_on
)

select
    group_entity.entity_id,
    heads.period_end,
    cast(null as {{ dbt.type_string() }}) as currency_code,
    heads.headcount as amount_a,
    count(employees.employee_id) as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from heads
cross join (
    select entity_id from {{ ref('entity') }}
    where is_group
) as group_entity
left join {{ ref('employee') }} as employees
    on
        heads.period_end >= employees.hired_on
        and (employees.left_on is null or heads.period_end < employees.left_on)
group by group_entity.entity_id, heads.period_end, heads.headcount
