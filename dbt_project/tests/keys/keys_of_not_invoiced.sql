{{ keys_are_unique({
    'received_not_invoiced': ['source_system', 'goods_receipt_id', 'goods_receipt_line_id', 'closing_id'],
    'shipped_not_invoiced': ['source_system', 'shipment_id', 'shipment_line_id', 'closing_id'],
}) }}
