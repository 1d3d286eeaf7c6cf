-- Warns of each rule whose amounts differ and of whose difference nothing is known: nobody has explained it, or given it a tolerance.
{{ config(severity='warn') }}
select
    tie_out_id,
    count(*) as difference_count,
    tie_out_name || ' (' || count(*) || ' differences, the greatest ' || max(abs(difference)) || ', the last on '
    || max(period_end) || ')' as message
from {{ ref('tie_out') }}
where not is_expected_to_tie and not ties and explanation is null
group by tie_out_id, tie_out_name
order by tie_out_id
