-- Grain: one row per system and work centre.
{{ config(materialized='view') }}
{{ supplied(
    table='work_centre',
    columns={
        'work_centre_id': 'string',
        'work_centre_name': 'string',
        'entity_id': 'string',
        'site_id': 'string',
    },
) }}
