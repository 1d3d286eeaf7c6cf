{#
  An amount or quantity of core in the type that readers get. DuckDB takes a microsecond to change the scale of a number of up
  to 38 digits, and a tenth of that for one of 18; so what fits is made short first, at the `scale` that the column of core has.
  Another scale would round twice: tests/end_to_end/test_figures.py compares every such column with core's.
#}
{% macro published_decimal(column, type='decimal(19, 4)', scale=6) -%}
    coalesce(cast(try_cast({{ column }} as decimal(18, {{ scale }})) as {{ type }}), cast({{ column }} as {{ type }}))
{%- endmacro %}
