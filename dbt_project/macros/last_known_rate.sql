{#
  Why the rate policy (the relation `policy`) lets no rate stand on a day: the last known one is of `known_on`, too old or of another
  day, or there is none.
#}
{% macro last_known_rate(known_on, day) -%}
    case
        when {{ known_on }} is null then 'no rate of it is known on that day or before'
        else
            'the last known rate is of ' || cast({{ known_on }} as {{ dbt.type_string() }}) || ', '
            || cast({{ dbt.datediff(known_on, day, 'day') }} as {{ dbt.type_string() }}) || ' days old; '
            || case
                when policy.missing = 'refuse' then 'rates: {missing: refuse} takes none of another day'
                else 'max_age_days is ' || cast(policy.max_age_days as {{ dbt.type_string() }})
            end
    end
{%- endmacro %}
