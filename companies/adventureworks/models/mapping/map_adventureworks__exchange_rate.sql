-- Grain: one row per currency, day and kind of rate: US dollars for one unit.
with

rates as (select * from {{ ref('stg_adventureworks_finance__fact_currency_rate') }}),

currencies as (select * from {{ ref('stg_adventureworks_finance__dim_currency') }})

{% for kind, rate in [('day_average', 'average_rate'), ('day_end', 'end_of_day_rate')] -%}
    select
        currencies.currency_code as from_currency_code,
        'USD' as to_currency_code,
        rates.rate_on,
        '{{ kind }}' as kind,
        rates.{{ rate }} as rate,
        {{ lineage_columns('rates') }}
    from rates
    inner join currencies on rates.currency_key = currencies.currency_key
    {{ 'union all' if not loop.last }}
{% endfor %}
