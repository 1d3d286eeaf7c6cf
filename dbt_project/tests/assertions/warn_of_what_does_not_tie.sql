-- Warns of each rule whose amounts differ and of whose difference nothing is known: nobody has explained it, or given it a tolerance.
-- The greatest difference is told with its entities and day; where a side has no amount (no rate, not all delivered), that is told.
{{ config(severity='warn') }}
with

unexplained as (
    select
        *,
        row_number() over (
            partition by tie_out_id order by coalesce(abs(difference), -1) desc, period_end desc, partner_entity_id desc
        ) as place,
        count(difference) over by_rule as difference_count,
        count(*) over by_rule - count(difference) over by_rule as unknown_count,
        max(period_end) over by_rule as last_on,
        max(case when difference is null then detail end) over by_rule as unknown_detail,
        entity_id || case when partner_entity_id = 'all' then '' else ' with ' || partner_entity_id end as named
    from {{ ref('tie_out') }}
    where not is_expected_to_tie and not ties and explanation is null
    window by_rule as (partition by tie_out_id)
),

told as (
    select
        tie_out_id,
        tie_out_name,
        difference_count,
        unknown_count,
        case
            when difference_count > 0
                then
                    difference_count || case when difference_count = 1 then ' difference' else ' differences' end
                    || ', the greatest ' || {{ plain_number('abs(difference)') }}
                    || coalesce(' ' || currency_code, '')
                    || ' of ' || named || ' on ' || period_end || ', the last on ' || last_on
        end as differs,
        case
            when unknown_count > 0
                then unknown_count || ' where one side is not known' || coalesce(': ' || unknown_detail, '')
        end as unknown
    from unexplained
    where place = 1
)

select
    tie_out_id,
    difference_count,
    unknown_count,
    tie_out_name || ' (' || coalesce(differs || '; ' || unknown, differs, unknown) || ')' as message
from told
order by tie_out_id
