-- Fails for a voucher of the first day that repeats the file's openings, and is so left out.
-- Why: its amounts stand in #IB already; say so to whoever compares the voucher list.
{{ config(severity='warn') }}
select lines.source_file, lines.series, lines.voucher_number, lines.voucher_row, lines.account_code, lines.amount
from {{ ref('stg_SYSTEM__voucher_line') }} as lines
left join {{ ref('map_SYSTEM__journal_line') }} as mapped
    on lines.batch_id = mapped.batch_id and lines.source_row = mapped.source_row
where
    lines.is_counted
    and mapped.source_row is null
    and lines.batch_id in (select counted.batch_id from {{ ref('map_SYSTEM__journal_line') }} as counted)
order by lines.source_file, lines.source_row
