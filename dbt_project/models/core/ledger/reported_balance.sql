-- Grain: one row per entity, ledger, closing day, account, department, kind and entry type of systems that report totals only.
with

balances as (
    {{ supplied(
        table='reported_balance',
        columns={
            'ledger_id': 'string',
            'entity_id': 'string',
            'closing_on': 'date',
            'account_id': 'string',
            'account_code': 'string',
            'department_code': 'string',
            'amount': 'decimal(38, 6)',
            'kind': 'string',
            'entry_type': 'string',
        },
    ) }}
)

select
    coalesce(ledger_id, 'main') as ledger_id,
    entity_id,
    closing_on,
    coalesce(nullif(trim(account_id), ''), nullif(trim(account_code), ''), '(no account)') as account_id,
    coalesce(nullif(trim(account_code), ''), nullif(trim(account_id), ''), '(no account)') as account_code,
    coalesce(nullif(trim(department_code), ''), 'none') as department_code,
    amount,
    kind,
    coalesce(entry_type, 'ordinary') as entry_type,
    {{ lineage_columns() }}
from balances
