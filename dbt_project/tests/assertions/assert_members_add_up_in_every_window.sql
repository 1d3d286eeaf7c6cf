-- Fails for each additive KPI whose members do not add up to its total in a window and scenario, or that has members without a total,
-- or a total without members where another window of the same kind and scenario has some.
with

additive as (
    select kpi.*
    from {{ ref('kpi_value') }} as kpi
    inner join {{ ref('kpi_definition') }} as definition on kpi.kpi_id = definition.kpi_id
    where definition.additivity = 'additive' and kpi.value is not null
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
),

-- What a dimension has members of in one window it must have in each window from its first one to its last.
broken_down as (
    select
        kpi_id,
        entity_id,
        period_type,
        scenario,
        dimension,
        min(period_end) as first_end,
        max(period_end) as last_end
    from members
    group by kpi_id, entity_id, period_type, scenario, dimension
),

expected as (
    select
        totals.*,
        broken_down.dimension as member_dimension
    from totals
    inner join broken_down
        on
            totals.kpi_id = broken_down.kpi_id
            and totals.entity_id = broken_down.entity_id
            and totals.period_type = broken_down.period_type
            and totals.scenario = broken_down.scenario
            and totals.period_end between broken_down.first_end and broken_down.last_end
)

select
    coalesce(members.kpi_id, expected.kpi_id) as kpi_id,
    coalesce(members.entity_id, expected.entity_id) as entity_id,
    coalesce(members.period_type, expected.period_type) as period_type,
    coalesce(members.period_end, expected.period_end) as period_end,
    coalesce(members.scenario, expected.scenario) as scenario,
    coalesce(members.dimension, expected.member_dimension) as dimension,
    members.value,
    expected.value as total
from members
full outer join expected
    on
        members.kpi_id = expected.kpi_id
        and members.entity_id = expected.entity_id
        and members.period_type = expected.period_type
        and members.period_end = expected.period_end
        and members.scenario = expected.scenario
        and members.dimension = expected.member_dimension
where
    members.value is null
    or expected.value is null
    or members.value <> expected.value
