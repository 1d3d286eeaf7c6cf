-- Grain: one row per day and shift of the call centre.
select
    shift_on as served_on,
    shift_name as service_point_id,
    shift_on as interval_starts_at,
    wage_type as interval_type,
    operator_count,
    call_count as offered_count,
    abandoned_count,
    abandoned_share,
    automatic_response_count as automatic_count,
    order_count,
    issue_count,
    average_issue_seconds,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__service_shift') }}
