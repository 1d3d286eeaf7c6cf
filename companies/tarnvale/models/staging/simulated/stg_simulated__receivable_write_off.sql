-- Grain: one row per invoice.
select
    invoice_id,
    entity_id,
    customer_id,
    written_off_on,
    currency_code,
    amount,
    entity_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'receivable_write_off') }}
