-- Grain: one row per currency, day and kind of rate: EUR for one unit.
{% for kind, rate in [('day_average', 'average_rate'), ('day_end', 'end_of_day_rate')] -%}
    select
        currency_code as from_currency_code,
        'EUR' as to_currency_code,
        rate_on,
        '{{ kind }}' as kind,
        {{ rate }} as rate,
        {{ lineage_columns() }}
    from {{ ref('stg_simulated__exchange_rate') }}
    {{ 'union all' if not loop.last }}
{% endfor %}
