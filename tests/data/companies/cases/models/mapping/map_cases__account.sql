-- Grain: one row per account of the chart.
select
    account as account_code,
    name as account_name,
    'cases' as source_system,
    'chart' as source_table,
    'one' as batch_id,
    row_number() over () as source_row,
    timestamp '2025-02-05 00:00:00' as known_at
from {{ source('company', 'chart') }}
