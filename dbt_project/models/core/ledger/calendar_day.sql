-- Grain: one row per day that a closing or an open period covers.
with

days as (select * from {{ ref('stg_adventureworks_finance__dim_date') }}),

closings as (select * from {{ ref('closing') }})

select
    days.date_day,
    closings.closing_id,
    closings.period_end,
    closings.fiscal_year,
    closings.fiscal_period
from days
inner join closings
    on
        days.date_day between closings.period_start and closings.period_end
        and closings.closing_type <> 'year_end_adjustment'
