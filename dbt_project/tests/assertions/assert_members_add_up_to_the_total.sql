-- Fails for each additive measure whose members do not add up to its total, or that has members without a total.
with

members as (
    select
        measure_id,
        entity_id,
        closing_id,
        scenario,
        dimension,
        sum(amount) as amount
    from {{ ref('measure_value') }}
    where dimension <> 'total'
    group by measure_id, entity_id, closing_id, scenario, dimension
),

totals as (
    select * from {{ ref('measure_value') }}
    where dimension = 'total'
)

select
    members.measure_id,
    members.entity_id,
    members.closing_id,
    members.dimension,
    members.amount,
    totals.amount as total
from members
left join totals
    on
        members.measure_id = totals.measure_id
        and members.entity_id = totals.entity_id
        and members.closing_id = totals.closing_id
        and members.scenario = totals.scenario
where totals.amount is null or members.amount <> totals.amount
