-- Grain: one row per ticket.
select
    ticket_id,
    entity_id,
    customer_id,
    product_id,
    category,
    priority,
    opened_at,
    first_response_at,
    resolved_at,
    satisfaction_score,
    recommendation_score,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'ticket') }}
