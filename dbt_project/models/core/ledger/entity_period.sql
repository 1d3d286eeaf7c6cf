-- Grain: one row per entity and closing, year-end adjustments aside: the days of the entity's own fiscal calendar.
-- An entity's period is the group's of the same number where both calendars have as many in the year, else the one that it ends
-- in. Before an entity joins and after it has left it has none.
with

closings as (
    select * from {{ ref('closing') }}
    where closing_type <> 'year_end_adjustment'
),

entities as (select * from {{ ref('entity') }}),

own_periods as (
    select
        entities.entity_id,
        closings.closing_id,
        periods.fiscal_year,
        periods.fiscal_period,
        periods.starts_on as period_start,
        periods.ends_on as period_end
    from entities
    inner join {{ ref('fiscal_period') }} as periods on entities.calendar_id = periods.calendar_id
    inner join closings
        on
            closings.closing_type in ('regular', 'open')
            and (
                (
                    periods.periods_in_year = closings.periods_in_year
                    and periods.fiscal_year = closings.fiscal_year
                    and periods.fiscal_period = closings.fiscal_period
                )
                or (
                    periods.periods_in_year <> closings.periods_in_year
                    and periods.ends_on between closings.period_start and closings.period_end
                )
            )
    where
        (entities.joined_on is null or periods.ends_on >= entities.joined_on)
        and (entities.left_on is null or periods.starts_on <= entities.left_on)
),

openings as (
    select
        own_periods.entity_id,
        closings.closing_id,
        closings.fiscal_year,
        0 as fiscal_period,
        cast({{ dbt.dateadd('day', -1, 'min(own_periods.period_start)') }} as date) as period_start,
        cast({{ dbt.dateadd('day', -1, 'min(own_periods.period_start)') }} as date) as period_end
    from own_periods
    inner join closings on closings.closing_type = 'opening'
    group by own_periods.entity_id, closings.closing_id, closings.fiscal_year
),

periods as (
    select * from own_periods
    union all
    select * from openings
)

select
    entity_id,
    closing_id,
    fiscal_year,
    fiscal_period,
    period_start,
    period_end,
    {{ dbt.datediff('period_start', 'period_end', 'day') }} + 1 as days_in_period  -- noqa: LT05
from periods
