-- Grain: one row per department group of the ledger.
{{ supplied(
    by=['map_adventureworks__department', 'map_simulated__department'],
    columns={'department_code': 'string', 'department_name': 'string', 'parent_department_code': 'string'},
) }}
