{# For staging models of a company's own that are more than one table of a source: landing has checked the keys of that.
   Fails for each value of the key that occurs twice or has a NULL in it: the grain line of the model is then not true. #}
{% test unique_key(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns %}or {{ column }} is null {% endfor %}
{% endtest %}
