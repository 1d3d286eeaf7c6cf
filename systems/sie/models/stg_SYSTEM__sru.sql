-- Grain: one row per account and box of the tax return.
select
    account_number as account_code,
    sru_code,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'sru') }}
