-- Grain: one row per system and line of an invoice or credit note to a customer.
{{ config(materialized='view') }}
{{ supplied(
    table='customer_invoice_line',
    columns={
        'customer_invoice_id': 'string',
        'customer_invoice_line_id': 'string',
        'entity_id': 'string',
        'customer_id': 'string',
        'product_id': 'string',
        'invoiced_on': 'date',
        'due_on': 'date',
        'net_amount': 'decimal(38, 6)',
        'tax_amount': 'decimal(38, 6)',
        'currency_code': 'string',
        'sales_order_id': 'string',
        'sales_order_line_id': 'string',
        'shipment_id': 'string',
        'shipment_line_id': 'string',
    },
) }}
