-- Grain: one row per currency and day.
select
    "CurrencyKey" as currency_key,
    "DateKey" as date_key,
    cast("AverageRate" as decimal(18, 12)) as average_rate,
    cast("EndOfDayRate" as decimal(18, 12)) as end_of_day_rate,
    cast("Date" as date) as rate_on,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'fact_currency_rate') }}
