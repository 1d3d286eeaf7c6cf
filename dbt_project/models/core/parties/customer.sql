-- Grain: one row per customer.
{{ supplied(
    table='customer',
    columns={
        'customer_id': 'string',
        'channel': 'string',
        'customer_name': 'string',
        'business_type': 'string',
        'country_name': 'string',
    },
) }}
