{{ keys_are_unique({
    'order_backlog': ['source_system', 'sales_order_number', 'sales_order_line_number', 'closing_id'],
    'returned_order_line': ['source_system', 'sales_order_id', 'sales_order_line_id'],
}) }}
