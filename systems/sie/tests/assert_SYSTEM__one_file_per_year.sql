-- Fails for a file that another file of the same fiscal year, made later, replaces.
-- Why: only one of them counts; take the earlier ones away, or see that none of them is another company's.
{{ config(severity='warn') }}
select years.source_file, years.first_day, years.last_day
from {{ ref('stg_SYSTEM__fiscal_year') }} as years
where
    years.year_index = 0
    and years.source_file in (select vouchers.source_file from {{ ref('stg_SYSTEM__voucher_line') }} as vouchers)
    and years.source_file not in (
        select lines.source_file
        from {{ ref('stg_SYSTEM__voucher_line') }} as lines
        inner join {{ ref('map_SYSTEM__journal_line') }} as mapped
            on lines.batch_id = mapped.batch_id and lines.source_row = mapped.source_row
    )
