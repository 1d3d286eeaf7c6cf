-- Grain: one row per transaction.
select
    bank_transaction_id,
    entity_id,
    booked_on,
    currency_code,
    amount,
    document_type,
    document_id,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'bank_transaction') }}
