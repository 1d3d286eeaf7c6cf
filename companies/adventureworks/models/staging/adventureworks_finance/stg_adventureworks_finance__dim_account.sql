-- Grain: one row per account of the chart of accounts, postable or not.
select
    "AccountKey" as account_key,
    "ParentAccountKey" as parent_account_key,
    cast("AccountCodeAlternateKey" as varchar) as account_code,
    cast("ParentAccountCodeAlternateKey" as varchar) as parent_account_code,
    "AccountDescription" as account_name,
    "AccountType" as account_type,
    "Operator" as rollup_operator,
    "ValueType" as value_type,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'dim_account') }}
