-- Grain: one row per system and line of a return from a customer.
{{ config(materialized='view') }}
{{ supplied(
    table='sales_return_line',
    columns={
        'sales_return_id': 'string',
        'line_number': 'string',
        'shipment_id': 'string',
        'shipment_line_number': 'string',
        'sales_order_id': 'string',
        'sales_order_line_number': 'string',
        'invoice_id': 'string',
        'entity_id': 'string',
        'customer_id': 'string',
        'product_id': 'string',
        'returned_on': 'date',
        'qty': 'decimal(38, 4)',
        'unit': 'string',
        'reason': 'string',
    },
) }}
