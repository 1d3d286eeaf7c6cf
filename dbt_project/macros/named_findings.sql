{#
  Findings by what they name: a key that no system knows, else the document itself. Rows of the step are single findings with
  `document_id`, `named` (NULL where the document is named), `amount` in the group's currency, `quantity` and `unit`.
#}
{% macro named_findings(step) %}
select
    finding,
    source_system,
    document_type,
    coalesce(named, document_id, 'unnamed') as named,
    named is not null as is_key,
    cast(count(*) as {{ dbt.type_bigint() }}) as document_count,
    cast(sum(amount) as decimal(38, 6)) as amount,
    cast(sum(quantity) as decimal(38, 6)) as quantity,
    max(coalesce(unit, '')) as unit,
    min(coalesce(unit, '')) as other_unit,
    min(document_id) as example_id
from {{ step }}
group by finding, source_system, document_type, coalesce(named, document_id, 'unnamed'), named is not null
{% endmacro %}

{# The last regular closing: what is odd at its end can still be mended. #}
{% macro last_closing() -%}
select closings.closing_id
from {{ ref('closing') }} as closings
inner join (
    select max(period_number) as period_number from {{ ref('closing') }}
    where closing_type = 'regular'
) as lasts on closings.period_number = lasts.period_number
where closings.closing_type = 'regular'
{%- endmacro %}
