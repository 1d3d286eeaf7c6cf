-- Grain: one row per system and product and entity from a day on.
{{ config(materialized='view') }}
{{ supplied(
    table='standard_cost',
    columns={
        'product_id': 'string',
        'entity_id': 'string',
        'valid_from': 'date',
        'unit_cost': 'decimal(38, 6)',
        'unit': 'string',
        'currency_code': 'string',
    },
) }}
