-- Grain: one row per ticket.
select
    ticket_id,
    entity_id,
    customer_id,
    category,
    priority,
    opened_at as created_at,
    first_response_at,
    resolved_at,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__ticket') }}
