-- Grain: one row per currency pair, day, kind of rate and source system: to_currency for one unit of from_currency.
{{ supplied(
    table='exchange_rate',
    columns={
        'from_currency_code': 'string',
        'to_currency_code': 'string',
        'rate_on': 'date',
        'kind': 'string',
        'rate': 'decimal(38, 12)',
    },
) }}
