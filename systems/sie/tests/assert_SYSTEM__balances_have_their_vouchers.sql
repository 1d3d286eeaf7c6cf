-- Fails for a file that states results but has no voucher (SIE types 1 to 3), or balances but no fiscal year (#RAR 0).
-- Why: its year would be in the statements with openings only, or not at all. Export it again as type 4.
select
    balances.source_file,
    case when max(years.source_file) is null then 'no fiscal year' else 'no vouchers' end as lacks,
    count(*) as balances
from {{ ref('stg_SYSTEM__balance') }} as balances
left join {{ ref('stg_SYSTEM__fiscal_year') }} as years
    on balances.source_file = years.source_file and years.year_index = 0
where balances.year_index = 0 and balances.kind in ('ib', 'ub', 'res') and balances.amount <> 0
group by balances.source_file
having
    max(years.source_file) is null
    or (
        count(*) filter (where balances.kind = 'res') > 0
        and balances.source_file not in (select lines.source_file from {{ ref('stg_SYSTEM__voucher_line') }} as lines)
    )
