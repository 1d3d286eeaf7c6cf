-- Grain: one row per organisation unit, and one for what no unit's ledger covers.
{{ supplied(
    table='entity',
    columns={
        'entity_id': 'string',
        'entity_name': 'string',
        'parent_entity_id': 'string',
        'currency_code': 'string',
        'ownership_share': 'decimal(9, 4)',
        'time_zone': 'string',
        'is_group': 'boolean',
        'has_ledger': 'boolean',
    },
) }}
