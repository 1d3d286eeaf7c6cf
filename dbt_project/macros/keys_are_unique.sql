{#
  Fails for each value of a key that occurs twice or has a NULL in it: the grain is then not true. `models` gives the columns of
  the key by model, or by `system.table` of a source. One test reads many models: a test for each costs more than what it reads.
#}
{% macro keys_are_unique(models) %}
{% for model, columns in models.items() %}
select
    '{{ model }}' as model_name,
    cast(row({{ columns | join(', ') }}) as varchar) as key_value,
    count(*) as row_count
from {{ source(*model.split('.')) if '.' in model else ref(model) }}
group by {{ columns | join(', ') }}
having count(*) > 1{% for column in columns %} or {{ column }} is null{% endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
{% endmacro %}
