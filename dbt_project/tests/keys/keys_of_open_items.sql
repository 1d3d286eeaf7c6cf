{{ keys_are_unique({
    'open_item': ['side', 'source_system', 'item_id', 'currency_code', "coalesce(due_on, date '0001-01-01')", 'closing_id'],
    'open_item_movement': [
        'side', 'source_system', 'item_id', 'movement_type', 'document_system', 'document_id', 'currency_code',
        "coalesce(due_on, date '0001-01-01')",
    ],
}) }}
