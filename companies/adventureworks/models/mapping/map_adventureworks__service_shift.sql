-- Grain: one row per day and shift of the call centre. The source has the share of callers who hung up, not their number.
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
    call_count * abandoned_share as abandoned_call_count,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_operations__fact_call_center') }}
