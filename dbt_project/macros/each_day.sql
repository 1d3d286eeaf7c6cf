{# In a SELECT list: one row per day from one column's day to another's, both counted. #}
{% macro each_day(first, last) %}
    {{ return(adapter.dispatch('each_day', 'tieout')(first, last)) }}
{% endmacro %}

{% macro default__each_day(first, last) -%}
    explode(sequence({{ first }}, {{ last }}, interval 1 day))
{%- endmacro %}

{% macro duckdb__each_day(first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date)
{%- endmacro %}
