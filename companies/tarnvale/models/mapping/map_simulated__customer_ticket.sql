-- Grain: one row per ticket, recorded on the day on which it was delivered.
select
    ticket_id,
    entity_id,
    customer_id,
    category,
    priority,
    opened_at,
    first_response_at,
    resolved_at,
    satisfaction_score,
    recommendation_score,
    entered_on as recorded_on,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__ticket') }}
