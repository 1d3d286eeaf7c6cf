{# In a query with grouping sets: the dimension that a row is broken down by and its member, `total` where it is not. #}
{% macro grouped_dimension(columns) -%}
    case {% for dimension, column in columns.items() %}when grouping({{ column }}) = 0 then '{{ dimension }}' {% endfor %}else 'total' end as dimension,
    coalesce({% for column in columns.values() %}{{ column }}, {% endfor %}'total') as member
{%- endmacro %}

{# One row per measure from one column per measure; a measure that is NULL has no row. #}
{% macro unpivot_measures(source_name, relation, measures, has_entity=false, has_dimension=true) -%}
    {% for measure in measures -%}
        select
            '{{ source_name }}' as source_name,
            '{{ measure }}' as measure_id,
            {{ 'entity_id' if has_entity else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as entity_id,
            closing_id,
            {{ 'dimension' if has_dimension else "'total'" }} as dimension,
            {{ 'member' if has_dimension else "'total'" }} as member,
            cast({{ measure }} as decimal(38, 6)) as amount
        from {{ relation }}
        where {{ measure }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
