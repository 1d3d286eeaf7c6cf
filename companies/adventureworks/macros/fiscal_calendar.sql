{# The fiscal year is named after the calendar year in which it ends. #}
{% macro fiscal_year(month_start) -%}
    extract(year from {{ month_start }})
    + case when extract(month from {{ month_start }}) >= 12 then 1 else 0 end
{%- endmacro %}

{# The number of the month in its fiscal year, 1 to 12. #}
{% macro fiscal_period(month_start) -%}
    mod(cast(extract(month from {{ month_start }}) as {{ dbt.type_int() }}) - 12 + 12, 12) + 1
{%- endmacro %}
