-- Grain: one row per system and write-off of a receivable.
{{ config(materialized='view') }}
{{ supplied(
    table='receivable_write_off',
    columns={
        'write_off_id': 'string',
        'invoice_id': 'string',
        'entity_id': 'string',
        'customer_id': 'string',
        'written_off_on': 'date',
        'amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
