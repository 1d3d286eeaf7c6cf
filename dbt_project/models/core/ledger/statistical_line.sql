-- Grain: one row per entity, day, quantity, account and department: counts that are kept beside money.
{{ supplied(
    table='statistical_line',
    columns={
        'entity_id': 'string',
        'recorded_on': 'date',
        'quantity_name': 'string',
        'account_code': 'string',
        'department_code': 'string',
        'quantity': 'decimal(38, 6)',
        'unit': 'string',
    },
) }}
