{#
  Fails for each key whose sum in this model is not that in `from`: money (or quantities) that a join dropped or doubled. A
  failing row shows the keys and both sums. `by` are the keys, in both; NULL is a key of its own. `amount` is a column or an
  expression, `amount_from` the one in `from` where it differs. `where_from` and `where_to` say which rows take part.
#}
{% test conserves(model, from, amount, by, amount_from=none, where_from=none, where_to=none, tolerance=0) %}
with

given as (
    select
        {% for key in by %}cast({{ key }} as {{ dbt.type_string() }}) as {{ key }}, {% endfor %}
        sum({{ amount_from or amount }}) as amount
    from {{ from }}
    {% if where_from %}where {{ where_from }}{% endif %}
    group by {{ by | join(', ') }}
),

found as (
    select
        {% for key in by %}cast({{ key }} as {{ dbt.type_string() }}) as {{ key }}, {% endfor %}
        sum({{ amount }}) as amount
    from {{ model }}
    {% if where_to %}where {{ where_to }}{% endif %}
    group by {{ by | join(', ') }}
)

select
    {% for key in by %}coalesce(given.{{ key }}, found.{{ key }}) as {{ key }}, {% endfor %}
    given.amount as amount_given,
    found.amount as amount_found,
    coalesce(found.amount, 0) - coalesce(given.amount, 0) as difference
from given
full outer join found
    on {% for key in by %}given.{{ key }} is not distinct from found.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
where abs(coalesce(found.amount, 0) - coalesce(given.amount, 0)) > {{ tolerance }}
{% endtest %}
