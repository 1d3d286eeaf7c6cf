-- Grain: one row per system, entity, product and first day of a standard cost.
{{ config(materialized='view') }}
{{ supplied(
    table='standard_cost',
    columns={
        'entity_id': 'string',
        'product_id': 'string',
        'valid_from_on': 'date',
        'unit_cost_amount': 'decimal(38, 4)',
        'unit': 'string',
        'currency_code': 'string',
    },
) }}
