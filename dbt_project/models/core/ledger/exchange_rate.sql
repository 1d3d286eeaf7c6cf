-- Grain: one row per currency and day: the group currency for one unit.
{{ supplied(
    table='exchange_rate',
    columns={
        'currency_code': 'string',
        'rate_on': 'date',
        'average_rate': 'decimal(18, 12)',
        'end_of_day_rate': 'decimal(18, 12)',
    },
) }}
