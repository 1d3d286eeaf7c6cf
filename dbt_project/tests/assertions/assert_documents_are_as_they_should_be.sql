-- Warns of each finding: documents that are in the figures although something about them is odd, with their number, their amount in the
-- group's currency, and what they name.
{{ config(severity='warn') }}
select
    finding,
    source_system,
    document_type,
    document_count,
    amount,
    example_id,
    finding || ' of ' || cast(document_count as {{ dbt.type_string() }}) || ' ' || document_type
    || case when document_count = 1 then '' else 's' end || ' of ' || source_system
    || case
        when amount is null then ''
        else ' (' || cast(cast(amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ' ' || currency_code || ')'
    end || ': ' || named as message
from {{ ref('document_finding') }}
order by abs(amount) desc nulls last, finding asc
