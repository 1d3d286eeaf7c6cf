-- Grain: one row per department group of the ledger.
{{ supplied(
    table='department',
    columns={'department_code': 'string', 'department_name': 'string', 'parent_department_code': 'string'},
) }}
