-- Grain: one row per currency and day: EUR for one unit.
select
    currency_code,
    rate_on,
    average_rate,
    end_of_day_rate,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__exchange_rate') }}
