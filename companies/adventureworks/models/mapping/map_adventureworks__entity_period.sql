-- Grain: one row per entity and closing, year-end adjustments aside. All entities close on the days of the group.
select
    entities.entity_id,
    closings.closing_id,
    closings.period_start,
    closings.period_end
from {{ ref('entity') }} as entities
cross join {{ ref('closing') }} as closings
where closings.closing_type <> 'year_end_adjustment'
