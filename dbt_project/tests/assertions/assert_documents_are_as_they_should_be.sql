-- Warns of each finding and system: documents that are in the figures although something about them is odd, or are in none, with their
-- number, their amount in the group's currency, else their quantity, and what they name. Documents from before the books are a note.
{{ config(severity='warn') }}
select
    finding,
    source_system,
    sum(document_count) as document_count,
    sum(amount) as amount,
    finding in ('before the books', 'without a kind') as is_note,
    case
        when finding = 'before the books'
            then 'Documents from before the books of their entity, which are in no figure, of ' || source_system
        when finding = 'without a kind'
            then 'Statistical lines without a kind, whose last count stands for a period, of ' || source_system
        when finding = 'with and without a kind'
            then 'lines without a kind where others of the quantity are movements, of ' || source_system
        when finding in ('outside every period', 'without a day')
            then finding || ', in no figure, of ' || source_system
        else finding || ' of ' || source_system
    end || ': ' || string_agg(
        cast(document_count as {{ dbt.type_string() }}) || ' ' || document_type
        || case when document_count = 1 then '' else 's' end
        || coalesce(
            ' (' || cast(cast(amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ' ' || currency_code || ')',
            ' (' || cast(cast(quantity as decimal(38, 2)) as {{ dbt.type_string() }}) || ' '
            || coalesce(unit, 'units') || ')',
            ''
        ) || ': ' || named,
        '; ' order by abs(amount) desc nulls last, abs(quantity) desc nulls last, document_type
    ) as message
from {{ ref('document_finding') }}
group by finding, source_system
order by abs(sum(amount)) desc nulls last, finding asc
