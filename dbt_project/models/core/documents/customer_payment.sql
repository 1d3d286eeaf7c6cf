-- Grain: one row per system and payment of a customer, for one invoice, or for none.
{{ config(materialized='view') }}
with

payments as (
    {{ supplied(
        table='customer_payment',
        columns={
            'customer_payment_id': 'string',
            'entity_id': 'string',
            'customer_id': 'string',
            'customer_invoice_id': 'string',
            'paid_on': 'date',
            'amount': 'decimal(38, 6)',
            'currency_code': 'string',
        },
    ) }}
)

select
    *,
    coalesce(customer_invoice_id, 'none') as applied_to
from payments
