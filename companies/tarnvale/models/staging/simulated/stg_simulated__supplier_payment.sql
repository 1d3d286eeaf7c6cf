-- Grain: one row per payment.
select
    supplier_payment_id,
    supplier_invoice_id,
    entity_id,
    supplier_id,
    paid_on,
    currency_code,
    paid_amount,
    entity_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'supplier_payment') }}
