-- Grain: one row per supplier.
{{ supplied(
    table='supplier',
    columns={
        'supplier_id': 'string',
        'supplier_code': 'string',
        'supplier_name': 'string',
        'credit_rating': 'int',
        'is_preferred': 'boolean',
        'is_active': 'boolean',
    },
) }}
