-- Grain: one row per system and line of a shipment to a customer; `sales_order_line_number` says which order line it is for.
{{ config(materialized='view') }}
{{ supplied(
    table='shipment_line',
    columns={
        'shipment_id': 'string',
        'line_number': 'string',
        'sales_order_id': 'string',
        'sales_order_line_number': 'string',
        'entity_id': 'string',
        'site_id': 'string',
        'customer_id': 'string',
        'product_id': 'string',
        'product_version_id': 'string',
        'shipped_on': 'date',
        'delivered_on': 'date',
        'qty': 'decimal(38, 4)',
        'unit': 'string',
        'cost_amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
