-- Grain: one row per system and depreciation of an asset in a period.
{{ config(materialized='view') }}
{{ supplied(
    table='asset_depreciation',
    columns={
        'asset_id': 'string',
        'depreciated_on': 'date',
        'amount': 'decimal(38, 6)',
        'currency_code': 'string',
    },
) }}
