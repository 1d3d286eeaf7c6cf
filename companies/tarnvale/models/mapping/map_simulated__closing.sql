-- Grain: one row per fiscal period of the group that has begun. It is closed when the journals reach the day on which the last
-- entity closed its books. Period 14, the year-end close, is no closing: the result of the year is derived.
with

periods as (select * from {{ ref('stg_simulated__fiscal_period') }}),

group_entity as (
    select entity_id from {{ ref('stg_simulated__entity') }}
    where is_group
),

books as (
    select
        period_id,
        max(closed_on) as closed_on
    from periods
    group by period_id
),

journals as (select max(entered_on) as last_entered_on from {{ ref('stg_simulated__journal_line') }})

select
    case
        when periods.period_type = 'year_end_adjustment'
            then 'FY' || cast(periods.fiscal_year as {{ dbt.type_string() }}) || '-ADJ'
        else periods.period_id
    end as closing_id,
    case
        when periods.period_type = 'regular' and books.closed_on > journals.last_entered_on then 'open'
        else periods.period_type
    end as closing_type,
    cast({{ dbt.date_trunc('month', 'periods.starts_on') }} as date) as period_month,
    periods.starts_on as period_start,
    periods.ends_on as period_end,
    periods.fiscal_year,
    periods.fiscal_period
from periods
inner join group_entity on periods.entity_id = group_entity.entity_id
inner join books on periods.period_id = books.period_id
cross join journals
where
    periods.period_type in ('opening', 'regular') and periods.starts_on <= journals.last_entered_on
    or periods.period_type = 'year_end_adjustment' and books.closed_on <= journals.last_entered_on
