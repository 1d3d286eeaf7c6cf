-- Grain: one row per account of the chart of accounts; its line is in accounts.csv.
select
    account_code,
    account_name,
    parent_account_code,
    account_type as source_account_type,
    account_type in ('Statistical', 'Balances', 'Flow') as is_statistical,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_finance__dim_account') }}
