{#
  In a query with grouping sets: entity, dimension and member of a row. Rows of all entities are the group's; so are documents
  that no entity is known of, which are in that total and in no entity.
#}
{% macro grouped_entity(entity='entity_id') -%}
    case when grouping({{ entity }}) = 1 then group_entity_id else {{ entity }} end
{%- endmacro %}

{% macro grouped_dimension(columns) -%}
    case {% for dimension, column in columns.items() %}when grouping({{ column }}) = 0 then '{{ dimension }}' {% endfor %}else 'total' end as dimension,
    case {% for dimension, column in columns.items() %}when grouping({{ column }}) = 0 then {{ column }} {% endfor %}else 'total' end as member
{%- endmacro %}

{# The grouping sets of measures by entity and for the group, each in total and by each of the dimensions. #}
{% macro measure_sets(closing, columns=[]) -%}
    grouping sets (  -- noqa: PRS
        (entity_id, group_entity_id, {{ closing }}), (group_entity_id, {{ closing }})
        {%- for column in columns %},
        (entity_id, group_entity_id, {{ closing }}, {{ column }}), (group_entity_id, {{ closing }}, {{ column }})
        {%- endfor %}
    )
{%- endmacro %}

{# One row per measure from one column per measure; a measure that is NULL has no row, nor has the group as an entity of itself. #}
{% macro unpivot_measures(source_name, relation, measures, is_partial='false') -%}
    {% for measure in measures -%}
        select
            '{{ source_name }}' as source_name,
            '{{ measure }}' as measure_id,
            entity_id,
            closing_id,
            dimension,
            member,
            cast({{ measure }} as decimal(38, 6)) as amount,
            {{ is_partial }} as is_partial
        from {{ relation }}
        where {{ measure }} is not null and closing_id is not null and is_of_entity
        {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{# A date, unless it lies after the day on which it was delivered: a mistyped year says nothing about what has been delivered. #}
{% macro not_after_delivery(day, known_at) -%}
    case when {{ day }} <= coalesce(cast({{ known_at }} as date), {{ day }}) then {{ day }} end
{%- endmacro %}
