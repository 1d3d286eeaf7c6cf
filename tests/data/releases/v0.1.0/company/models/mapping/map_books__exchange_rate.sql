-- Grain: one row per row of usd_rates.
select
    rate_on,
    rate,
    'USD' as from_currency_code,
    'EUR' as to_currency_code,
    'day_end' as kind,
    {{ lineage_columns() }}
from {{ ref('stg_books__usd_rates') }}
