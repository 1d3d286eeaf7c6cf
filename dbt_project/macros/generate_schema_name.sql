{# A model's schema is the one its folder declares, with no prefix: readers of the mart see `kpi`, not `core_kpi`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
