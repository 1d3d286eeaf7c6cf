-- Grain: one row per payment.
select
    payment_id,
    invoice_id,
    entity_id,
    customer_id,
    paid_on,
    currency_code,
    paid_amount,
    discount_amount,
    difference_amount,
    settled_amount,
    entity_amount,
    settled_entity_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'customer_payment') }}
