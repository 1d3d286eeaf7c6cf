{#
  Fails for each key whose sum in this model is not that in `from`: money (or quantities) that a join dropped or doubled. A
  failing row shows the keys and both sums. `by` are the keys, in both; NULL is a key of its own. `amount` is a column or an
  expression, or a list of them, `amount_from` the same in `from` where it differs. `where_from` and `where_to` say which rows take part.
#}
{% test conserves(model, from, amount, by, amount_from=none, where_from=none, where_to=none, tolerance=0) %}
{%- set amounts_to = [amount] if amount is string else amount %}
{%- set amounts_from = amounts_to if amount_from is none else [amount_from] if amount_from is string else amount_from %}
with

given as (
    select
        {% for key in by %}cast({{ key }} as {{ dbt.type_string() }}) as {{ key }}, {% endfor %}
        {% for each in amounts_from %}sum({{ each }}) as amount_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ from }}
    {% if where_from %}where {{ where_from }}{% endif %}
    group by {{ by | join(', ') }}
),

found as (
    select
        {% for key in by %}cast({{ key }} as {{ dbt.type_string() }}) as {{ key }}, {% endfor %}
        {% for each in amounts_to %}sum({{ each }}) as amount_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ model }}
    {% if where_to %}where {{ where_to }}{% endif %}
    group by {{ by | join(', ') }}
)

select
    {% for key in by %}coalesce(given.{{ key }}, found.{{ key }}) as {{ key }}, {% endfor %}
    {% for each in amounts_to %}
    {%- set name = 'amount' if amounts_to | length == 1 else each %}
    given.amount_{{ loop.index }} as {{ name }}_given,
    found.amount_{{ loop.index }} as {{ name }}_found,
    coalesce(found.amount_{{ loop.index }}, 0) - coalesce(given.amount_{{ loop.index }}, 0) as {{ 'difference' if amounts_to | length == 1 else each ~ '_difference' }}{{ ',' if not loop.last }}
    {% endfor %}
from given
full outer join found
    on {% for key in by %}given.{{ key }} is not distinct from found.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
where
    {% for each in amounts_to %}
    abs(coalesce(found.amount_{{ loop.index }}, 0) - coalesce(given.amount_{{ loop.index }}, 0)) > {{ tolerance }}
    {{ 'or' if not loop.last }}
    {% endfor %}
{% endtest %}
