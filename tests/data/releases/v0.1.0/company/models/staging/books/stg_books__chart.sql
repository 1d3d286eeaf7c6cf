-- Grain: one row per row of chart.
select
    "account" as account_code,
    "name" as account_name,
    "type" as source_account_type,
    {{ lineage_columns() }}
from {{ source('books', 'chart') }}
