-- Grain: one row per system, payment to a supplier and invoice that it settles.
{{ config(materialized='view') }}
{{ supplied(
    table='supplier_payment',
    columns={
        'payment_id': 'string',
        'line_number': 'string',
        'invoice_id': 'string',
        'entity_id': 'string',
        'supplier_id': 'string',
        'paid_on': 'date',
        'amount': 'decimal(38, 4)',
        'deducted_amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
