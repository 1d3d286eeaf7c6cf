-- Grain: one row per system, day and shift of customer service.
select
    entity_id,
    served_on as shift_on,
    service_point_id as shift_name,
    interval_type as wage_type,
    closing_id,
    operator_count,
    cast(offered_count as {{ dbt.type_int() }}) as call_count,
    cast(abandoned_count as decimal(18, 4)) as abandoned_call_count,
    automatic_count as automatic_response_count,
    order_count,
    issue_count,
    average_issue_seconds,
    abandoned_share,
    {{ lineage_columns() }}
from {{ ref('service_interval') }}
