-- Grain: one row per system and line of an invoice or credit note to a customer; a credit note is negative. Amounts in
-- the document's currency.
{{ config(materialized='view') }}
{{ supplied(
    table='customer_invoice_line',
    columns={
        'invoice_id': 'string',
        'line_number': 'string',
        'invoice_type': 'string',
        'entity_id': 'string',
        'customer_id': 'string',
        'product_id': 'string',
        'sales_order_id': 'string',
        'sales_order_line_number': 'string',
        'shipment_id': 'string',
        'shipment_line_number': 'string',
        'invoiced_on': 'date',
        'due_on': 'date',
        'qty': 'decimal(38, 4)',
        'unit': 'string',
        'net_amount': 'decimal(38, 4)',
        'tax_amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
