-- Grain: one row per system and line of a payroll.
{{ config(materialized='view') }}
{{ supplied(
    table='payroll_line',
    columns={
        'payroll_line_id': 'string',
        'employee_id': 'string',
        'entity_id': 'string',
        'department_code': 'string',
        'paid_for_on': 'date',
        'gross_amount': 'decimal(38, 6)',
        'employer_amount': 'decimal(38, 6)',
        'currency_code': 'string',
    },
) }}
