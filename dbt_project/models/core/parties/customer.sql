-- Grain: one row per customer.
{{ supplied(
    by=['map_adventureworks__customer', 'map_simulated__customer'],
    columns={
        'customer_id': 'string',
        'channel': 'string',
        'customer_name': 'string',
        'business_type': 'string',
        'country_name': 'string',
    },
) }}
