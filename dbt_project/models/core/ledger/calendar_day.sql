-- Grain: one row per entity and day that a closing or an open period of the entity covers.
with

periods as (select * from {{ ref('entity_period') }}),

closings as (select * from {{ ref('closing') }}),

days as (
    select
        entity_id,
        closing_id,
        period_end,
        {{ each_day('period_start', 'period_end') }} as date_day
    from periods
)

select
    days.entity_id,
    days.date_day,
    days.closing_id,
    closings.period_end,
    days.date_day = days.period_end as is_period_end,
    closings.fiscal_year,
    closings.fiscal_period
from days
inner join closings on days.closing_id = closings.closing_id
