-- Grain: one row per source of operations measures, entity, dimension, member and closing that a system which serves them has days in.
-- A period is partial when a system that serves the entity and has begun does not reach over all of it, and has not been declared
-- ended: a second system that delivers late makes the total partial, never 0.
with

extents as (select * from {{ ref('source_extent') }}),

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

served as (
    select source_name, source_system, entity_id, dimension, member, first_on, last_on, has_ended
    from extents
    union all
    select
        extents.source_name,
        extents.source_system,
        group_entity.group_entity_id as entity_id,
        extents.dimension,
        extents.member,
        extents.first_on,
        extents.last_on,
        extents.has_ended
    from extents
    cross join group_entity
    where extents.entity_id <> group_entity.group_entity_id
),

closings as (
    select closing_id from {{ ref('closing') }}
    where closing_type not in ('opening', 'year_end_adjustment')
),

periods as (
    select periods.entity_id, periods.closing_id, periods.period_start, periods.period_end
    from {{ ref('entity_period') }} as periods
    inner join closings on periods.closing_id = closings.closing_id
)

select
    served.source_name,
    served.entity_id,
    served.dimension,
    served.member,
    periods.closing_id,
    max(case
        when served.first_on > periods.period_end then 0
        when served.first_on > periods.period_start then 1
        when served.last_on < periods.period_end and not served.has_ended then 1
        else 0
    end) = 1 as is_partial
from served
inner join periods on served.entity_id = periods.entity_id
group by served.source_name, served.entity_id, served.dimension, served.member, periods.closing_id
having max(case
    when
        served.first_on <= periods.period_end and served.last_on >= periods.period_start
        then 1
    else 0
end) = 1
