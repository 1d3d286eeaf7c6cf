-- Warns of each finding and system: documents that are in the figures although something about them is odd, or are in none, with their
-- number, their amount in the group's currency, and what they name.
{{ config(severity='warn') }}
select
    finding,
    source_system,
    sum(document_count) as document_count,
    sum(amount) as amount,
    finding || ' of ' || source_system || ': ' || string_agg(
        cast(document_count as {{ dbt.type_string() }}) || ' ' || document_type
        || case when document_count = 1 then '' else 's' end
        || case
            when amount is null then ''
            else ' (' || cast(cast(amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ' ' || currency_code || ')'
        end || ': ' || named,
        '; ' order by abs(amount) desc nulls last, document_type
    ) as message
from {{ ref('document_finding') }}
group by finding, source_system
order by abs(sum(amount)) desc nulls last, finding asc
