-- Grain: one row per entity, closing, statistical account and department: counts that sit in the ledger beside money.
with

balances as (
    {{ supplied(
        table='statistical_balance',
        columns={
            'entity_id': 'string',
            'closing_id': 'string',
            'account_code': 'string',
            'department_code': 'string',
            'quantity_name': 'string',
            'quantity': 'decimal(18, 2)',
        },
    ) }}
),

closings as (select * from {{ ref('closing') }})

select
    balances.entity_id,
    balances.closing_id,
    closings.period_end as closing_on,
    balances.account_code,
    balances.department_code,
    balances.quantity_name,
    balances.quantity,
    {{ lineage_columns('balances') }}
from balances
inner join closings on balances.closing_id = closings.closing_id
