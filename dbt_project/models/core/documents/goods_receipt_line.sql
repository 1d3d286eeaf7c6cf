-- Grain: one row per system and line of a receipt of goods.
{{ config(materialized='view') }}
with

lines as (
    {{ supplied(
        table='goods_receipt_line',
        columns={
            'goods_receipt_id': 'string',
            'goods_receipt_line_id': 'string',
            'entity_id': 'string',
            'purchase_order_id': 'string',
            'purchase_order_line_id': 'string',
            'product_id': 'string',
            'site_id': 'string',
            'received_on': 'date',
            'shipped_on': 'date',
            'received_qty': 'decimal(38, 6)',
            'rejected_qty': 'decimal(38, 6)',
            'unit': 'string',
        },
    ) }}
)

{{ with_order_system(
    'lines', 'goods_receipt_line', 'purchase_order_line', 'purchase_order_id', 'purchase_order_line_id'
) }}
