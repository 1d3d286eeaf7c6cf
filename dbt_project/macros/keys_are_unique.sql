{#
  Fails for each value of a key that occurs twice or has a NULL in it: the grain is then not true. `models` gives the columns of
  the key by model, or by `system.table` of a source. One test reads many models: a test for each costs more than what it reads;
  what has a row for each document is in a test of its own, as all that one query groups is in memory at once.
  Rows are grouped by a number made of their key first, in a third of the memory; only the rows of numbers that occur twice are
  looked at again.
#}
{% macro keys_are_unique(models) %}
{% for model, columns in models.items() %}
{%- set relation = source(*model.split('.')) if '.' in model else ref(model) %}
select
    '{{ model }}' as model_name,
    cast(row({{ columns | join(', ') }}) as varchar) as key_value,
    count(*) as row_count
from {{ relation }}
where
    hash({{ columns | join(', ') }}) in (
        select hash({{ columns | join(', ') }}) as key_hash from {{ relation }}
        group by key_hash
        having count(*) > 1
    )
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
group by {{ columns | join(', ') }}
having count(*) > 1{% for column in columns %} or {{ column }} is null{% endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
{% endmacro %}
