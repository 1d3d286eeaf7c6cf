-- Grain: one row per payment of a customer.
select
    payment_id as customer_payment_id,
    invoice_id as customer_invoice_id,
    entity_id,
    customer_id,
    paid_on,
    settled_amount as amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__customer_payment') }}
