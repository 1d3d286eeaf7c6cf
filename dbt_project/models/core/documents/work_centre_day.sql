-- Grain: one row per system and work centre and day.
{{ config(materialized='view') }}
{{ supplied(
    table='work_centre_day',
    columns={
        'work_centre_id': 'string',
        'worked_on': 'date',
        'planned_busy_minutes': 'decimal(38, 6)',
        'production_minutes': 'decimal(38, 6)',
        'setup_minutes': 'decimal(38, 6)',
        'downtime_minutes': 'decimal(38, 6)',
        'planned_run_minutes': 'decimal(38, 6)',
    },
) }}
