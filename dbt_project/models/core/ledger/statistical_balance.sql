-- Grain: one row per entity, closing, quantity, account and department: the last count of the period by each system that counts it,
-- added up (two systems have different heads), or what it adds up to where the quantity's kind is a movement (units sold), of all days.
with

lines as (
    select
        lines.*,
        calendar.closing_id,
        max(case when lines.kind = 'movement' then 1 else 0 end) over of_period = 1 as is_movement,
        row_number() over (of_period order by lines.recorded_on desc, lines.known_at desc) as newest
    from {{ ref('statistical_line') }} as lines
    inner join {{ ref('calendar_day') }} as calendar
        on lines.entity_id = calendar.entity_id and lines.recorded_on = calendar.date_day
    window
        of_period as (
            partition by
                lines.source_system,
                lines.entity_id,
                calendar.closing_id,
                lines.quantity_name,
                lines.account_code,
                lines.department_code
        )
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
    lines.department_code,
    lines.quantity_name,
    cast(sum(lines.quantity) as decimal(38, 6)) as quantity,
    max(lines.source_system) as source_system,
    max(lines.source_table) as source_table,
    max(lines.batch_id) as batch_id,
    case when count(*) = 1 then max(lines.source_row) end as source_row,
    max(lines.known_at) as known_at
from lines
inner join closings on lines.closing_id = closings.closing_id
where lines.is_movement or lines.newest = 1
group by
    lines.entity_id, lines.closing_id, closings.period_end, lines.account_code, lines.department_code,
    lines.quantity_name
