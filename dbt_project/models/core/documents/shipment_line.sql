-- Grain: one row per system and line of a shipment to a customer.
{{ config(materialized='view') }}
with

lines as (
    {{ supplied(
        table='shipment_line',
        columns={
            'shipment_id': 'string',
            'shipment_line_id': 'string',
            'entity_id': 'string',
            'sales_order_id': 'string',
            'sales_order_line_id': 'string',
            'site_id': 'string',
            'product_id': 'string',
            'shipped_on': 'date',
            'delivered_on': 'date',
            'shipped_qty': 'decimal(38, 6)',
            'unit': 'string',
            'cost_amount': 'decimal(38, 6)',
        },
    ) }}
)

{{ with_order_system('lines', 'shipment_line', 'sales_order_line', 'sales_order_id', 'sales_order_line_id') }}
