{{ keys_are_unique({
    'sales_order_line': ['source_system', 'sales_order_number', 'sales_order_line_number'],
    'sales_order_line_fulfilment': ['source_system', 'sales_order_id', 'sales_order_line_id'],
}) }}
