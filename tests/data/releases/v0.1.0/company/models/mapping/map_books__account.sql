-- Grain: one row per row of chart.
select
    account_code,
    account_name,
    source_account_type,
    {{ lineage_columns() }}
from {{ ref('stg_books__chart') }}
