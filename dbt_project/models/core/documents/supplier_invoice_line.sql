-- Grain: one row per system and line of an invoice or credit note of a supplier; a credit note is negative. Amounts in
-- the document's currency.
{{ config(materialized='view') }}
{{ supplied(
    table='supplier_invoice_line',
    columns={
        'invoice_id': 'string',
        'line_number': 'string',
        'invoice_type': 'string',
        'entity_id': 'string',
        'supplier_id': 'string',
        'product_id': 'string',
        'purchase_order_id': 'string',
        'purchase_order_line_number': 'string',
        'goods_receipt_id': 'string',
        'goods_receipt_line_number': 'string',
        'account_code': 'string',
        'department_code': 'string',
        'invoiced_on': 'date',
        'due_on': 'date',
        'qty': 'decimal(38, 4)',
        'unit': 'string',
        'net_amount': 'decimal(38, 4)',
        'tax_amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
