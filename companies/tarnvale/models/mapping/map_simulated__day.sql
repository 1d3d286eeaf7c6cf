-- Grain: one row per day from the opening balances to the end of the last fiscal period of any entity.
select cast(unnest(generate_series(min(starts_on), max(ends_on), interval 1 day)) as date) as date_day
from {{ ref('stg_simulated__fiscal_period') }}
