{# An entity's id from the organisation's key: AW-03. #}
{% macro entity_id(organization_key) -%}
    'AW-' || right('0' || cast({{ organization_key }} as {{ dbt.type_string() }}), 2)
{%- endmacro %}
