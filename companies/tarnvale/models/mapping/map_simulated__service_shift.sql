-- Grain: one row per day and shift of the call centre.
select
    shift_on,
    shift_name,
    wage_type,
    operator_count,
    call_count,
    automatic_response_count,
    order_count,
    issue_count,
    average_issue_seconds,
    abandoned_share,
    abandoned_count as abandoned_call_count,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__service_shift') }}
