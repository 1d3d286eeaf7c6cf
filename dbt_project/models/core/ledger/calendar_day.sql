-- Grain: one row per entity and day that a closing or an open period of the entity covers.
with

days as (
    {{ supplied(
        table='day', columns={'date_day': 'date'}, has_lineage=false,
    ) }}
),

periods as (select * from {{ ref('entity_period') }}),

closings as (select * from {{ ref('closing') }})

select
    periods.entity_id,
    days.date_day,
    periods.closing_id,
    closings.period_end,
    days.date_day = periods.period_end as is_period_end,
    closings.fiscal_year,
    closings.fiscal_period
from days
inner join periods on days.date_day between periods.period_start and periods.period_end
inner join closings on periods.closing_id = closings.closing_id
