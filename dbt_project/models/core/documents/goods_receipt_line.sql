-- Grain: one row per system and line of a receipt from a supplier; `received_qty` includes what was rejected.
{{ config(materialized='view') }}
{{ supplied(
    table='goods_receipt_line',
    columns={
        'goods_receipt_id': 'string',
        'line_number': 'string',
        'purchase_order_id': 'string',
        'purchase_order_line_number': 'string',
        'entity_id': 'string',
        'site_id': 'string',
        'supplier_id': 'string',
        'product_id': 'string',
        'shipped_on': 'date',
        'received_on': 'date',
        'received_qty': 'decimal(38, 4)',
        'rejected_qty': 'decimal(38, 4)',
        'unit': 'string',
    },
) }}
