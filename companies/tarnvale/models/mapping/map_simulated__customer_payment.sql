-- Grain: one row per payment of a customer.
select
    payment_id,
    '1' as line_number,
    invoice_id,
    entity_id,
    customer_id,
    paid_on,
    settled_amount as amount,
    discount_amount as deducted_amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__customer_payment') }}
