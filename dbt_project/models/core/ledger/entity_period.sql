-- Grain: one row per entity and closing, year-end adjustments aside: the days of the entity's own fiscal calendar.
-- An entity's period is that of the group with which it shares the most days where both calendars have as many in the year
-- (weeks beside months), else the one that it ends in, with what else ends there. Before an entity joins and after it has left
-- it has none: what it opens its books with when it joins later is of its first period, and not of the group's opening. The period in
-- which it joins begins with that day, and the one in which it leaves ends with it: at the group's closing it is gone, and has no balances.
with

closings as (
    select * from {{ ref('closing') }}
    where closing_type <> 'year_end_adjustment'
),

entities as (select * from {{ ref('entity') }}),

extent as (
    select
        min(period_start) as first_on,
        max(period_end) as last_on,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year
    from closings
),

-- The group's periods, those before and after its closings, too: a period is not of a closing because the next one is missing.
group_periods as (
    select periods.*
    from {{ ref('fiscal_period') }} as periods
    inner join entities on periods.calendar_id = entities.calendar_id and entities.is_group
    inner join extent on periods.fiscal_year between extent.first_year - 1 and extent.last_year + 1
),

candidates as (
    select
        entities.entity_id,
        group_periods.period_id,
        periods.fiscal_year,
        periods.fiscal_period,
        periods.is_last_of_year,
        periods.starts_on as period_start,
        periods.ends_on as period_end,
        row_number() over (
            partition by entities.entity_id, periods.fiscal_year, periods.fiscal_period
            order by
                case when periods.periods_in_year = group_periods.periods_in_year then {{ dbt.datediff(
                    'greatest(periods.starts_on, group_periods.starts_on)', 'least(periods.ends_on, group_periods.ends_on)', 'day'
                ) }} end desc nulls last,
                group_periods.ends_on desc
        ) as rank
    from entities
    inner join {{ ref('fiscal_period') }} as periods on entities.calendar_id = periods.calendar_id
    inner join extent on periods.starts_on <= extent.last_on and periods.ends_on >= extent.first_on
    inner join group_periods
        on periods.starts_on <= group_periods.ends_on and periods.ends_on >= group_periods.starts_on
    where
        (entities.joined_on is null or periods.ends_on >= entities.joined_on)
        and (entities.left_on is null or periods.starts_on <= entities.left_on)
),

own_periods as (
    select
        candidates.entity_id,
        closings.closing_id,
        max(candidates.fiscal_year) as fiscal_year,
        max(candidates.fiscal_period) as fiscal_period,
        min(candidates.fiscal_period) as first_fiscal_period,
        max(case when candidates.is_last_of_year then 1 else 0 end) = 1 as is_last_of_year,
        greatest(min(candidates.period_start), coalesce(max(entities.joined_on), min(candidates.period_start)))
            as period_start,
        least(max(candidates.period_end), coalesce(max(entities.left_on), max(candidates.period_end))) as period_end,
        coalesce(max(entities.left_on) >= max(candidates.period_end), true) as has_balances
    from candidates
    inner join closings on candidates.period_id = closings.closing_id
    inner join entities on candidates.entity_id = entities.entity_id
    where candidates.rank = 1
    group by candidates.entity_id, closings.closing_id
),

openings as (
    select
        own_periods.entity_id,
        closings.closing_id,
        min(own_periods.fiscal_year) as fiscal_year,
        0 as fiscal_period,
        0 as first_fiscal_period,
        false as is_last_of_year,
        cast({{ dbt.dateadd('day', -1, 'min(own_periods.period_start)') }} as date) as period_start,
        cast({{ dbt.dateadd('day', -1, 'min(own_periods.period_start)') }} as date) as period_end,
        true as has_balances
    from own_periods
    inner join entities on own_periods.entity_id = entities.entity_id
    inner join closings on closings.closing_type = 'opening'
    inner join closings as firsts
        on {{ dbt.dateadd('day', 1, 'closings.period_end') }} = firsts.period_start and firsts.closing_type <> 'opening'
    where entities.joined_on is null or entities.joined_on <= firsts.period_start
    group by own_periods.entity_id, closings.closing_id
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
    first_fiscal_period,
    is_last_of_year,
    period_start,
    period_end,
    has_balances,
    {{ dbt.datediff('period_start', 'period_end', 'day') }} + 1 as days_in_period  -- noqa: LT05
from periods
