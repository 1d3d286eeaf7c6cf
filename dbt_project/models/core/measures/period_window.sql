-- Grain: one row per period type, period (named by its last closing), closing in it and use of that closing.
-- A flow is summed over the closings of the period, year-end adjustments with the last closing of their year; a balance
-- is averaged over the points from the closing before the period to its last one; opening balances are such a point.
with

closings as (select * from {{ ref('closing') }}),

windows as (select * from {{ ref('period_span') }}),

periods as (
    select
        *,
        fiscal_period = periods_in_year as is_year_end
    from closings
    where closing_type not in ('opening', 'year_end_adjustment')
),

balances as (
    select * from closings
    where closing_type <> 'year_end_adjustment'
),

members as (
    select
        windows.period_type,
        windows.anchor_closing_id,
        periods.closing_id,
        periods.fiscal_year,
        periods.is_year_end
    from windows
    inner join periods on periods.period_number between windows.first_number and windows.anchor_number
),

flows as (
    select
        period_type,
        anchor_closing_id,
        closing_id,
        true as is_counted
    from members
    union all
    select
        members.period_type,
        members.anchor_closing_id,
        closings.closing_id,
        false as is_counted
    from members
    inner join closings on members.fiscal_year = closings.fiscal_year and closings.closing_type = 'year_end_adjustment'
    where members.is_year_end and members.period_type <> 'month'
),

points as (
    select
        windows.period_type,
        windows.anchor_closing_id,
        balances.closing_id,
        balances.period_number = windows.anchor_number as is_closing_point,
        balances.period_number = windows.first_number - 1 as is_opening_point
    from windows
    inner join balances on balances.period_number between windows.first_number - 1 and windows.anchor_number
),

uses as (
    select
        period_type,
        anchor_closing_id,
        closing_id,
        'flow' as over_window,
        is_counted
    from flows
    union all
    select
        period_type,
        anchor_closing_id,
        closing_id,
        'average' as over_window,
        true as is_counted
    from points
    union all
    select
        period_type,
        anchor_closing_id,
        closing_id,
        'closing' as over_window,
        true as is_counted
    from points
    where is_closing_point
    union all
    select
        period_type,
        anchor_closing_id,
        closing_id,
        'opening' as over_window,
        true as is_counted
    from points
    where is_opening_point
),

final as (
    select
        uses.period_type,
        uses.anchor_closing_id,
        uses.closing_id,
        uses.over_window,
        uses.is_counted,
        windows.period_start,
        windows.period_end,
        case uses.over_window
            when 'flow' then windows.expected_count
            when 'average' then windows.expected_count + 1
            else 1
        end as expected_count
    from uses
    inner join windows
        on uses.period_type = windows.period_type and uses.anchor_closing_id = windows.anchor_closing_id
)

select * from final
