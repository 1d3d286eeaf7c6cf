-- Grain: one row per type of period and its last closing: from which closing it reaches, and how many a whole one has.
-- A year has as many periods as its calendar says, twelve, thirteen or fewer; `ttm` is as many as a whole year has.
{{ config(materialized='view') }}
with

closings as (
    select * from {{ ref('closing') }}
    where closing_type not in ('opening', 'year_end_adjustment')
),

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
            members.period_number,
            members.period_start as member_start
        from periods as anchors
        inner join periods as members on {{ condition }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        period_type,
        anchor_closing_id,
        anchor_number,
        period_end,
        min(member_start) as period_start,
        min(period_number) as first_number,
        greatest(count(*), max(expected_count)) as expected_count
    from members
    group by period_type, anchor_closing_id, anchor_number, period_end
)

select * from final
