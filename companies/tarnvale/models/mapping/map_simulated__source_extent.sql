-- Grain: one row per source of operations measures: the days that are there completely, with or without rows.
-- Rates are delivered every day, so their last day is that of the last delivery.
with

first_period as (
    select min(starts_on) as first_on
    from {{ ref('stg_simulated__fiscal_period') }}
    where period_type = 'regular'
),

deliveries as (select max(rate_on) as last_on from {{ ref('stg_simulated__exchange_rate') }})

select
    sources.source_name,
    'simulated' as system,
    first_period.first_on,
    deliveries.last_on
from (
    {% for source_name in [
        'sales', 'fulfilment', 'stock', 'purchases', 'service', 'tickets', 'receivables', 'payables'
    ] -%}
        select '{{ source_name }}' as source_name
        {{ 'union all' if not loop.last }}
    {% endfor %}
) as sources
cross join first_period
cross join deliveries
