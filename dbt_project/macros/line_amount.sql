{# The amount of one statement line, 0 for the others: for summing lines side by side. #}
{% macro line_amount(line_code, amount) -%}
    case when amounts.line_code = '{{ line_code }}' then amounts.{{ amount }} else 0 end
{%- endmacro %}
