-- Grain: one row per system and line of a supplier's invoice or credit note.
{{ config(materialized='view') }}
{{ supplied(
    table='supplier_invoice_line',
    columns={
        'supplier_invoice_id': 'string',
        'supplier_invoice_line_id': 'string',
        'entity_id': 'string',
        'supplier_id': 'string',
        'product_id': 'string',
        'invoiced_on': 'date',
        'due_on': 'date',
        'net_amount': 'decimal(38, 6)',
        'tax_amount': 'decimal(38, 6)',
        'currency_code': 'string',
        'purchase_order_id': 'string',
        'purchase_order_line_id': 'string',
        'goods_receipt_id': 'string',
        'goods_receipt_line_id': 'string',
        'account_code': 'string',
        'department_code': 'string',
    },
) }}
