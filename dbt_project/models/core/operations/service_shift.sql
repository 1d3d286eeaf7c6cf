-- Grain: one row per day and shift of the call centre.
with

shifts as (select * from {{ ref('stg_adventureworks_operations__fact_call_center') }}),

calendar as (select * from {{ ref('calendar_day') }})

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
    {{ lineage_columns('shifts') }}
from shifts
left join calendar on shifts.shift_on = calendar.date_day
