{{ keys_are_unique({
    'product': ['product_key'],
    'product_validity': ['scope_system', 'product_id', 'from_on'],
    'purchase_order': ['source_system', 'purchase_order_id'],
    'purchase_order_line': ['source_system', 'purchase_order_id', 'purchase_order_line_id'],
    'service_interval': ['source_system', 'service_point_id', 'interval_starts_at'],
    'survey_response': ['source_system', 'survey_response_id'],
    'target_line': ['source_system', 'target_name', 'entity_id', 'owner_id', 'from_on'],
    'ticket': ['source_system', 'ticket_id'],
    'document_finding': ['finding', 'source_system', 'document_type'],
}) }}
