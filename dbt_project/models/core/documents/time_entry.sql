-- Grain: one row per system and time of a person on a day and on something.
{{ config(materialized='view') }}
{{ supplied(
    table='time_entry',
    columns={
        'time_entry_id': 'string',
        'employee_id': 'string',
        'entity_id': 'string',
        'department_code': 'string',
        'worked_on': 'date',
        'hours': 'decimal(38, 6)',
        'activity': 'string',
    },
) }}
