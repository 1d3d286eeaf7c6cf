-- Grain: one row per voucher.
select
    series,
    voucher_number,
    voucher_date as posted_on,
    registered_on,
    voucher_text,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'voucher') }}
