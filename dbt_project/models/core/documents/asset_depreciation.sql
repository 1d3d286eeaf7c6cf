-- Grain: one row per system, asset and day on which depreciation was booked.
{{ config(materialized='view') }}
{{ supplied(
    table='asset_depreciation',
    columns={
        'asset_id': 'string',
        'entity_id': 'string',
        'depreciated_on': 'date',
        'amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
