-- Grain: one row per account.
select
    account_code,
    account_name,
    account_type,
    parent_account_code,
    is_posting_account,
    statement_line_code,
    cash_flow_line_code,
    {{ lineage_columns() }}
from {{ source('simulated', 'account') }}
