-- Grain: one row per entity, closing, quantity, account and department: the last count of the period.
with

lines as (
    select
        lines.*,
        coalesce(lines.department_code, 'none') as department,
        calendar.closing_id,
        row_number() over (
            partition by
                lines.entity_id, calendar.closing_id, lines.quantity_name, lines.account_code, lines.department_code
            order by lines.recorded_on desc, lines.known_at desc
        ) as newest
    from {{ ref('statistical_line') }} as lines
    inner join {{ ref('calendar_day') }} as calendar
        on lines.entity_id = calendar.entity_id and lines.recorded_on = calendar.date_day
),

closings as (
    select * from {{ ref('closing') }}
    where closing_type in ('opening', 'regular')
)

select
    lines.entity_id,
    lines.closing_id,
    closings.period_end as closing_on,
    lines.account_code,
    lines.department as department_code,
    lines.quantity_name,
    lines.quantity,
    {{ lineage_columns('lines') }}
from lines
inner join closings on lines.closing_id = closings.closing_id
where lines.newest = 1
