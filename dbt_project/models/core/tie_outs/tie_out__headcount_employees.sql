-- Grain: one row per entity with employments and closing, or of the group where the source tells no entities apart: heads in the
-- ledger, and people employed on the closing day (of the group: hired by then who have not left).
with

heads as (
    select
        entity_id,
        closing_id,
        closing_on as period_end,
        sum(quantity) as headcount
    from {{ ref('statistical_balance') }}
    where quantity_name = 'headcount'
    group by entity_id, closing_id, closing_on
),

employments as (select * from {{ ref('employment') }}),

known_entities as (
    select count(entity_id) as entity_count from employments
),

by_entity as (
    select
        heads.entity_id,
        heads.period_end,
        heads.headcount as amount_a,
        count(distinct employments.employee_id) as amount_b
    from heads
    cross join known_entities
    inner join {{ ref('entity_period') }} as periods
        on heads.entity_id = periods.entity_id and heads.closing_id = periods.closing_id
    left join employments
        on
            heads.entity_id = employments.entity_id
            and periods.period_end >= employments.employed_from
            and periods.period_end <= coalesce(employments.employed_to, date '9999-12-31')
    where known_entities.entity_count > 0
    group by heads.entity_id, heads.period_end, heads.headcount
),

group_heads as (
    select
        group_entity.entity_id,
        heads.period_end,
        sum(heads.headcount) as headcount
    from heads
    cross join (
        select entity_id from {{ ref('entity') }}
        where is_group
    ) as group_entity
    cross join known_entities
    where known_entities.entity_count = 0 and exists (select 1 from {{ ref('employee') }})
    group by group_entity.entity_id, heads.period_end
),

by_group as (
    select
        group_heads.entity_id,
        group_heads.period_end,
        group_heads.headcount as amount_a,
        count(employees.employee_id) as amount_b
    from group_heads
    left join {{ ref('employee') }} as employees
        on
            group_heads.period_end >= employees.hired_on
            and (employees.left_on is null or group_heads.period_end < employees.left_on)
    group by group_heads.entity_id, group_heads.period_end, group_heads.headcount
)

select
    entity_id,
    period_end,
    cast(null as {{ dbt.type_string() }}) as currency_code,
    amount_a,
    amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from by_entity
union all
select
    entity_id,
    period_end,
    cast(null as {{ dbt.type_string() }}) as currency_code,
    amount_a,
    amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from by_group
