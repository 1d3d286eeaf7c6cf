{#
  The rows that mapping models give and the contract does not allow: one row per mapping model and column that lacks a value which
  each row must have, or that holds another than the few that it may. `contract`: what the contract says, by table. Each model is
  read once, and only the columns that a rule is about; what follows is about the rows that break one.
#}
{% macro contract_breaches(contract) %}
with

breaches as (
    {%- set models = [] -%}
    {%- for table in contract %}
        {%- for model in mapping_models(table) %}{% do models.append((model, table)) %}{% endfor -%}
    {%- endfor %}
    {%- for model, table in models %}
    {%- set rules = contract[table] %}
    {%- set lineage = ['source_table', 'source_row'] if rules.has_lineage else [] %}
    {%- set columns = rules.filled + rules.allowed | list %}
    {%- set conditions = {} %}
    {%- for column in rules.filled %}
        {%- do conditions.update({column: breach_of_value(column, rules.types[column] == 'text')}) %}
    {%- endfor %}
    {%- for column, allowed in rules.allowed.items() %}
        {%- set other = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ") not in ('" ~ allowed | join("', '") ~ "')" %}
        {%- do conditions.update({column: conditions[column] ~ ' or ' ~ other if column in conditions else other}) %}
    {%- endfor %}
    select
        '{{ model }}' as model_name,
        '{{ model.split('__')[0] | replace('map_', '', 1) }}' as system_name,
        '{{ table }}' as table_name,
        rules.column_name,
        rules.allowed,
        {%- if rules.allowed %}
        case rules.column_name
            {%- for column in rules.allowed %}
            when '{{ column }}' then cast(broken.{{ column }} as {{ dbt.type_string() }})
            {%- endfor %}
        end as value,
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as value,
        {%- endif %}
        count(*) as row_count,
        min(
            {%- for column in rules.key %}
            '{{ column }} ' || coalesce(cast(broken.{{ column }} as {{ dbt.type_string() }}), '(none)')
            {{- " || ', ' ||" if not loop.last }}
            {%- endfor %}
            {%- if lineage %}
            || ', row ' || cast(broken.source_row as {{ dbt.type_string() }}) || ' of ' || broken.source_table
            {%- endif %}
        ) as example
    from (
        select {{ (rules.key | list + columns + lineage) | unique | join(', ') }}
        from {{ with_columns(ref(model), (rules.key | list + columns + lineage) | unique) }}
        where {{ conditions.values() | join(' or ') }}
    ) as broken
    cross join (
        {%- for column in conditions %}
        select
            '{{ column }}' as column_name,
            '{{ rules.allowed.get(column, []) | join(", ") }}' as allowed
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as rules
    where
        case rules.column_name
            {%- for column, condition in conditions.items() %}
            when '{{ column }}' then {{ condition }}
            {%- endfor %}
        end
    group by 1, 2, 3, 4, 5, 6
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        '' as model_name, '' as system_name, '' as table_name, '' as column_name, '' as allowed, '' as value,
        0 as row_count, '' as example
    where 1 = 0
    {%- endfor %}
)

select
    model_name,
    column_name,
    sum(row_count) as row_count,
    model_name || ' has ' || string_agg(
        case
            when coalesce(trim(value), '') = '' then 'no ' || column_name
            else column_name || ' = ' || value
        end
        || ' in ' || cast(row_count as {{ dbt.type_string() }}) || case when row_count = 1 then ' row' else ' rows' end
        || ' (first ' || coalesce(example, '?') || ')',
        ', ' order by row_count desc, value
    )
    || '; the contract ' || case
        when allowed = '' then 'wants ' || column_name || ' in each row of ' || table_name
        else 'allows ' || allowed
    end
    || ': mend it in ' || model_name || ', or in what ' || system_name || ' delivers' as message
from breaches
group by model_name, system_name, table_name, column_name, allowed
order by sum(row_count) desc, model_name, column_name
{% endmacro %}

{#
  The condition that a column has no value: of text, nothing but blanks is none. Only a text before the first printed character is
  looked at closely, as that costs.
#}
{% macro breach_of_value(column, is_text) -%}
    {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {{ column }} is null
    {%- if is_text %} or ({{ text }} < '!' and trim({{ text }}) = ''){% endif %}
{%- endmacro %}
