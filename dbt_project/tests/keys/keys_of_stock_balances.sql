{{ keys_are_unique({
    'stock_balance': ['source_system', 'entity_id', 'site_id', 'stock_item_id', 'balance_on'],
}) }}
