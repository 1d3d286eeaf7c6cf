-- Grain: one row per sales territory, with the entity that keeps its books.
{{ supplied(
    table='territory',
    columns={
        'territory_key': 'int',
        'territory_name': 'string',
        'country_name': 'string',
        'territory_group': 'string',
        'entity_id': 'string',
        'without_ledger_reason': 'string',
    },
) }}
