-- Grain: one row per system and employment of a person in a department from a day on.
{{ config(materialized='view') }}
{{ supplied(
    table='employment',
    columns={
        'employee_id': 'string',
        'entity_id': 'string',
        'department_code': 'string',
        'job_title': 'string',
        'employed_from': 'date',
        'employed_to': 'date',
        'full_time_share': 'decimal(9, 6)',
    },
) }}
