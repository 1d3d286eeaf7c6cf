-- Grain: one row per account of the chart of accounts.
with

accounts as (select * from {{ ref('stg_adventureworks_finance__dim_account') }}),

account_map as (select * from {{ source('company', 'accounts') }})

select
    accounts.account_key,
    accounts.account_code,
    accounts.account_name,
    accounts.parent_account_code,
    accounts.account_type as source_account_type,
    account_map.line_code,
    account_map.cash_flow_line_code,
    accounts.account_type in ('Statistical', 'Balances', 'Flow') as is_statistical,
    case
        when accounts.account_type in ('Assets', 'Expenditures') then 1
        when accounts.account_type in ('Liabilities', 'Revenue') then -1
    end as debit_sign,
    {{ lineage_columns('accounts') }}
from accounts
left join account_map on accounts.account_code = account_map.account_code
