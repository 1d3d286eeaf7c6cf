{# The columns that say where a row came from; they travel from the raw lake to core. #}
{% macro lineage_columns(relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {{ prefix }}source_system,
    {{ prefix }}source_table,
    {{ prefix }}batch_id,
    {{ prefix }}source_row,
    {{ prefix }}known_at
{%- endmacro %}

{# The lineage of a row that the product adds to a table: the member for what no system knows. #}
{% macro no_lineage(table) -%}
    'unknown' as source_system,
    '{{ table }}' as source_table,
    'unknown' as batch_id,
    cast(0 as {{ dbt.type_bigint() }}) as source_row,
    cast(null as {{ dbt.type_timestamp() }}) as known_at
{%- endmacro %}
