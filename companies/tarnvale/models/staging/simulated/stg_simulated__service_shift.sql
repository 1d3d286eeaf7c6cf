-- Grain: one row per day and shift.
select
    shift_on,
    shift_name,
    wage_type,
    operator_count,
    call_count,
    abandoned_count,
    abandoned_share,
    automatic_response_count,
    order_count,
    issue_count,
    average_issue_seconds,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'service_shift') }}
