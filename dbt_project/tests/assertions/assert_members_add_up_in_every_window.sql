-- Fails for each additive KPI whose members do not add up to its total in a window and scenario, or that has members without a total.
with

additive as (
    select kpi.*
    from {{ ref('kpi_value') }} as kpi
    inner join {{ ref('kpi_definition') }} as definition on kpi.kpi_id = definition.kpi_id
    where definition.additivity = 'additive'
),

members as (
    select
        kpi_id,
        entity_id,
        period_type,
        period_end,
        scenario,
        dimension,
        sum(value) as value
    from additive
    where dimension <> 'total'
    group by kpi_id, entity_id, period_type, period_end, scenario, dimension
),

totals as (
    select * from additive
    where dimension = 'total'
)

select
    members.kpi_id,
    members.entity_id,
    members.period_type,
    members.period_end,
    members.scenario,
    members.dimension,
    members.value,
    totals.value as total
from members
left join totals
    on
        members.kpi_id = totals.kpi_id
        and members.entity_id = totals.entity_id
        and members.period_type = totals.period_type
        and members.period_end = totals.period_end
        and members.scenario = totals.scenario
where totals.value is null or abs(members.value - totals.value) >= 0.01
