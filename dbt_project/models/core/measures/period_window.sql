-- Grain: one row per period type, period (named by its last closing), closing in it and use of that closing.
-- A flow is summed over the closings of the period, year-end adjustments with the last closing of their year; a balance
-- is averaged over the points from the closing before the period to its last one; opening balances are such a point.
-- A year has as many periods as its calendar says, twelve, thirteen or fewer; `ttm` is as many as a whole year has.
with

closings as (select * from {{ ref('closing') }}),

periods as (
    select
        *,
        -- A period ends its quarter when the next one is in another; of the last one that there is, a quarter of three periods decides.
        coalesce(
            lead(fiscal_year * 10 + fiscal_quarter) over (order by period_number) <> fiscal_year * 10 + fiscal_quarter,
            fiscal_period = periods_in_year or (mod(fiscal_period, 3) = 0 and fiscal_quarter < 4)
        ) as is_quarter_end,
        fiscal_period = periods_in_year as is_year_end,
        max(periods_in_year) over (order by period_number rows between 13 preceding and current row) as ttm_count
    from closings
    where closing_type not in ('opening', 'year_end_adjustment')
),

balances as (
    select * from closings
    where closing_type <> 'year_end_adjustment'
),

members as (
    {% for period_type, condition, expected in [
        ('month', 'members.period_number = anchors.period_number', '1'),
        ('quarter', 'anchors.is_quarter_end and members.fiscal_year = anchors.fiscal_year '
            ~ 'and members.fiscal_quarter = anchors.fiscal_quarter',
            'anchors.fiscal_period - 3 * (anchors.fiscal_quarter - 1)'),
        ('ytd', 'members.fiscal_year = anchors.fiscal_year and members.period_number <= anchors.period_number',
            'anchors.fiscal_period'),
        ('year', 'anchors.is_year_end and members.fiscal_year = anchors.fiscal_year', 'anchors.periods_in_year'),
        ('ttm', 'anchors.period_number >= anchors.ttm_count '
            ~ 'and members.period_number between anchors.period_number - anchors.ttm_count + 1 and anchors.period_number',
            'anchors.ttm_count'),
    ] -%}
        select
            '{{ period_type }}' as period_type,
            anchors.closing_id as anchor_closing_id,
            anchors.period_number as anchor_number,
            anchors.period_end,
            {{ expected }} as expected_count,
            members.closing_id,
            members.period_number,
            members.period_start as member_start,
            members.fiscal_year,
            members.is_year_end
        from periods as anchors
        inner join periods as members on {{ condition }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

windows as (
    select
        period_type,
        anchor_closing_id,
        anchor_number,
        period_end,
        min(member_start) as period_start,
        min(period_number) as first_number,
        greatest(count(*), max(expected_count)) as flow_count
    from members
    group by period_type, anchor_closing_id, anchor_number, period_end
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
            when 'flow' then windows.flow_count
            when 'average' then windows.flow_count + 1
            else 1
        end as expected_count
    from uses
    inner join windows
        on uses.period_type = windows.period_type and uses.anchor_closing_id = windows.anchor_closing_id
)

select * from final
