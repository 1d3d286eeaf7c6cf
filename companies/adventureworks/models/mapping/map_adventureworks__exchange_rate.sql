-- Grain: one row per currency and day: the group currency (US dollars) for one unit.
with

rates as (select * from {{ ref('stg_adventureworks_finance__fact_currency_rate') }}),

currencies as (select * from {{ ref('stg_adventureworks_finance__dim_currency') }})

select
    currencies.currency_code,
    rates.rate_on,
    rates.average_rate,
    rates.end_of_day_rate,
    {{ lineage_columns('rates') }}
from rates
inner join currencies on rates.currency_key = currencies.currency_key
