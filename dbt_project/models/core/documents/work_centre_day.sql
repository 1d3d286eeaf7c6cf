-- Grain: one row per system, work centre and day; minutes.
{{ config(materialized='view') }}
{{ supplied(
    table='work_centre_day',
    columns={
        'work_centre_id': 'string',
        'worked_on': 'date',
        'planned_busy_minutes': 'decimal(38, 4)',
        'run_minutes': 'decimal(38, 4)',
        'setup_minutes': 'decimal(38, 4)',
        'down_minutes': 'decimal(38, 4)',
        'planned_run_minutes': 'decimal(38, 4)',
    },
) }}
