{{ keys_are_unique({
    'open_item': ['side', 'source_system', 'item_id', 'currency_code', 'closing_id'],
    'open_item_movement': ['side', 'source_system', 'item_id', 'movement_type', 'document_id', 'currency_code'],
}) }}
