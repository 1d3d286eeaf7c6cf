-- Grain: one row per entity and closing, year-end adjustments aside. One entity has periods of 4, 4 and 5 weeks.
select
    periods.entity_id,
    closings.closing_id,
    periods.starts_on as period_start,
    periods.ends_on as period_end
from {{ ref('stg_simulated__fiscal_period') }} as periods
inner join {{ ref('closing') }} as closings on periods.period_id = closings.closing_id
