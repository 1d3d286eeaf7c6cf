-- Grain: one row per account of the chart of accounts, which knows its lines itself.
select
    account_code,
    account_name,
    parent_account_code,
    account_type as source_account_type,
    statement_line_code as line_code,
    cash_flow_line_code,
    account_type = 'Statistical' as is_statistical,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__account') }}
