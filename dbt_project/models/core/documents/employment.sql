-- Grain: one row per system, employee and span of employment in one department; `valid_to_on` is the last day.
{{ config(materialized='view') }}
{{ supplied(
    table='employment',
    columns={
        'employee_id': 'string',
        'entity_id': 'string',
        'department_code': 'string',
        'job_title': 'string',
        'valid_from_on': 'date',
        'valid_to_on': 'date',
        'full_time_share': 'decimal(9, 6)',
    },
) }}
