-- Grain: one row per system and line of a return by a customer.
{{ config(materialized='view') }}
with

lines as (
    {{ supplied(
        table='sales_return_line',
        columns={
            'sales_return_id': 'string',
            'sales_return_line_id': 'string',
            'entity_id': 'string',
            'customer_id': 'string',
            'product_id': 'string',
            'sales_order_id': 'string',
            'sales_order_line_id': 'string',
            'shipment_id': 'string',
            'shipment_line_id': 'string',
            'customer_invoice_id': 'string',
            'returned_on': 'date',
            'returned_qty': 'decimal(38, 6)',
            'unit': 'string',
            'net_amount': 'decimal(38, 6)',
            'currency_code': 'string',
            'reason': 'string',
        },
    ) }}
)

{{ with_order_system('lines', 'sales_return_line', 'sales_order_line', 'sales_order_id', 'sales_order_line_id') }}
