-- Grain: one row per line of a voucher, those added and removed later included.
select
    series,
    voucher_number,
    voucher_row,
    voucher_date as posted_on,
    registered_on,
    voucher_text,
    line_number,
    kind,
    is_counted,
    account_number as account_code,
    cost_centre as department_code,
    project as project_code,
    objects,
    amount,
    line_text,
    quantity,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'voucher_line') }}
