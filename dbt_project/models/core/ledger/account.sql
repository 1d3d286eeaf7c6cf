-- Grain: one row per account of the chart of accounts.
with

accounts as (
    {{ supplied(
        table='account',
        columns={
            'account_key': 'int',
            'account_code': 'string',
            'account_name': 'string',
            'parent_account_code': 'string',
            'source_account_type': 'string',
            'line_code': 'string',
            'cash_flow_line_code': 'string',
            'is_statistical': 'boolean',
            'debit_sign': 'int',
        },
    ) }}
),

structure as (select * from {{ ref('layout_line') }})

select
    accounts.account_key,
    accounts.account_code,
    accounts.account_name,
    accounts.parent_account_code,
    accounts.source_account_type,
    structure.statement,
    accounts.line_code,
    accounts.cash_flow_line_code,
    cast(null as {{ dbt.type_string() }}) as currency_method,
    accounts.line_code is not null as is_posting_account,
    accounts.is_statistical,
    accounts.debit_sign,
    {{ lineage_columns('accounts') }}
from accounts
left join structure on accounts.line_code = structure.line_code
