-- Grain: one row per system and fixed asset.
{{ config(materialized='view') }}
{{ supplied(
    table='asset',
    columns={
        'asset_id': 'string',
        'entity_id': 'string',
        'asset_name': 'string',
        'asset_class': 'string',
        'acquired_on': 'date',
        'disposed_on': 'date',
        'cost_amount': 'decimal(38, 6)',
        'currency_code': 'string',
    },
) }}
