-- Grain: one row per currency and day.
select
    currency_code,
    rate_on,
    average_rate,
    end_of_day_rate,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'exchange_rate') }}
