-- Grain: one row per system, payment of a customer and invoice that it settles; one that names no invoice stays open as a
-- credit. `amount` is what is settled, deductions included.
{{ config(materialized='view') }}
{{ supplied(
    table='customer_payment',
    columns={
        'payment_id': 'string',
        'line_number': 'string',
        'invoice_id': 'string',
        'entity_id': 'string',
        'customer_id': 'string',
        'paid_on': 'date',
        'amount': 'decimal(38, 4)',
        'deducted_amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
