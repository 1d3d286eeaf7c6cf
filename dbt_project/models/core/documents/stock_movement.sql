-- Grain: one row per system and movement of stock.
{{ config(materialized='view') }}
{{ supplied(
    table='stock_movement',
    columns={
        'stock_movement_id': 'string',
        'entity_id': 'string',
        'site_id': 'string',
        'product_id': 'string',
        'product_version_id': 'string',
        'stock_item_id': 'string',
        'moved_on': 'date',
        'quantity': 'decimal(38, 6)',
        'unit': 'string',
        'unit_cost': 'decimal(38, 6)',
        'amount': 'decimal(38, 6)',
        'currency_code': 'string',
        'reason': 'string',
        'document_type': 'string',
        'document_id': 'string',
    },
) }}
