-- Grain: one row per employee, with the department that the newest assignment names.
{{ supplied(
    table='employee',
    columns={
        'employee_id': 'string',
        'job_title': 'string',
        'organisation_level': 'int',
        'hired_on': 'date',
        'left_on': 'date',
        'is_salaried': 'boolean',
        'is_current': 'boolean',
        'department_name': 'string',
        'department_group_name': 'string',
    },
) }}
