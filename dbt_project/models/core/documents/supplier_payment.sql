-- Grain: one row per system and payment to a supplier, for one invoice, or for none.
{{ config(materialized='view') }}
with

payments as (
    {{ supplied(
        table='supplier_payment',
        columns={
            'supplier_payment_id': 'string',
            'entity_id': 'string',
            'supplier_id': 'string',
            'supplier_invoice_id': 'string',
            'paid_on': 'date',
            'amount': 'decimal(38, 6)',
            'currency_code': 'string',
        },
    ) }}
)

select
    *,
    coalesce(supplier_invoice_id, 'none') as applied_to
from payments
