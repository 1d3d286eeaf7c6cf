{# A number for people, in two decimals where those are all it has (0.120000 is 0.12), else in as many as it needs. #}
{% macro plain_number(number) -%}
    case
        when {{ number }} = round({{ number }}, 2) then cast(cast({{ number }} as decimal(38, 2)) as {{ dbt.type_string() }})
        else rtrim(cast({{ number }} as {{ dbt.type_string() }}), '0')
    end
{%- endmacro %}
