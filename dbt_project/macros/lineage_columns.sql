{# The columns that say where a row came from; they travel from the raw lake to core. #}
{% macro lineage_columns(relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {{ prefix }}source_system,
    {{ prefix }}source_table,
    {{ prefix }}batch_id,
    {{ prefix }}source_row,
    {{ prefix }}known_at
{%- endmacro %}
