-- Fails when a closing does not begin on the day after the one before, or, in a calendar of twelve periods, when two close the
-- same month or a month has none: months of different lengths would be compared without anyone noticing.
with

regular as (
    select * from {{ ref('closing') }}
    where closing_type = 'regular'
),

ordered as (
    select
        closing_id,
        period_start,
        period_month,
        periods_in_year,
        lag(period_month) over (order by period_end) as previous_month,
        lag(period_end) over (order by period_end) as previous_end
    from regular
)

select
    closing_id,
    period_month,
    previous_month
from ordered
where
    previous_month is not null and (
        (periods_in_year = 12 and period_month <> cast({{ dbt.dateadd('month', 1, 'previous_month') }} as date))
        or period_start <> cast({{ dbt.dateadd('day', 1, 'previous_end') }} as date)
    )
