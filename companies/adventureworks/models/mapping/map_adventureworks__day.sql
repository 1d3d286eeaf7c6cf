-- Grain: one row per day of the source calendar.
select date_day
from {{ ref('stg_adventureworks_finance__dim_date') }}
