-- Grain: one row per row of usd_rates.
select
    "day" as rate_on,
    "rate" as rate,
    {{ lineage_columns() }}
from {{ source('books', 'usd_rates') }}
