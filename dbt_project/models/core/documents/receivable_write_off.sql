-- Grain: one row per system and write-off of an invoice, or of a part of it.
{{ config(materialized='view') }}
{{ supplied(
    table='receivable_write_off',
    columns={
        'receivable_write_off_id': 'string',
        'entity_id': 'string',
        'customer_id': 'string',
        'customer_invoice_id': 'string',
        'written_off_on': 'date',
        'amount': 'decimal(38, 6)',
        'currency_code': 'string',
    },
) }}
