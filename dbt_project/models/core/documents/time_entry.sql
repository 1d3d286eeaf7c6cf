-- Grain: one row per system, employee and day or period of work.
{{ config(materialized='view') }}
{{ supplied(
    table='time_entry',
    columns={
        'time_entry_id': 'string',
        'employee_id': 'string',
        'entity_id': 'string',
        'worked_on': 'date',
        'period_id': 'string',
        'activity': 'string',
        'contract_hours': 'decimal(38, 4)',
        'worked_hours': 'decimal(38, 4)',
        'overtime_hours': 'decimal(38, 4)',
        'absence_hours': 'decimal(38, 4)',
    },
) }}
