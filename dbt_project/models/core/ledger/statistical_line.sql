-- Grain: one row per entity, day, quantity, account and department: counts that are kept beside money.
with

lines as (
    {{ supplied(
        table='statistical_line',
        columns={
            'entity_id': 'string',
            'recorded_on': 'date',
            'quantity_name': 'string',
            'kind': 'string',
            'account_code': 'string',
            'department_code': 'string',
            'quantity': 'decimal(38, 6)',
            'unit': 'string',
        },
    ) }}
)

select
    entity_id,
    recorded_on,
    quantity_name,
    kind,
    coalesce(account_code, 'none') as account_code,
    coalesce(department_code, 'none') as department_code,
    quantity,
    unit,
    {{ lineage_columns() }}
from lines
