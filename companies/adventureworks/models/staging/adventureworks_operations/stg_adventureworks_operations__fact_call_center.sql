-- Grain: one row per day and shift of the call centre.
select
    "FactCallCenterID" as call_centre_shift_key,
    cast("Date" as date) as shift_on,
    "Shift" as shift_name,
    "WageType" as wage_type,
    cast("TotalOperators" as integer) as operator_count,
    cast("Calls" as integer) as call_count,
    cast("AutomaticResponses" as integer) as automatic_response_count,
    cast("Orders" as integer) as order_count,
    cast("IssuesRaised" as integer) as issue_count,
    cast("AverageTimePerIssue" as integer) as average_issue_seconds,
    cast("ServiceGrade" as decimal(9, 4)) as abandoned_share,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'fact_call_center') }}
