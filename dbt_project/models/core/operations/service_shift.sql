-- Grain: one row per day and shift of the group's call centre.
with

shifts as (
    {{ supplied(
        table='service_shift',
        columns={
            'shift_on': 'date',
            'shift_name': 'string',
            'wage_type': 'string',
            'operator_count': 'int',
            'call_count': 'int',
            'automatic_response_count': 'int',
            'order_count': 'int',
            'issue_count': 'int',
            'average_issue_seconds': 'int',
            'abandoned_share': 'decimal(9, 4)',
            'abandoned_call_count': 'decimal(19, 4)',
        },
    ) }}
),

calendar as (
    select days.*
    from {{ ref('calendar_day') }} as days
    inner join {{ ref('entity') }} as entities on days.entity_id = entities.entity_id
    where entities.is_group
)

select
    shifts.shift_on,
    shifts.shift_name,
    shifts.wage_type,
    calendar.closing_id,
    shifts.operator_count,
    shifts.call_count,
    shifts.automatic_response_count,
    shifts.order_count,
    shifts.issue_count,
    shifts.average_issue_seconds,
    shifts.abandoned_share,
    shifts.abandoned_call_count,
    {{ lineage_columns('shifts') }}
from shifts
left join calendar on shifts.shift_on = calendar.date_day
