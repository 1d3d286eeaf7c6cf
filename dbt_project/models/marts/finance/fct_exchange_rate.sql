{{ config(materialized='view', alias='exchange_rate') }}
-- Grain: one row per currency and closing: the group currency for one unit.
select
    currency_code,
    closing_id,
    average_rate,
    closing_rate,
    rate_day_count,
    closing_rate_on,
    is_last_known
from {{ ref('closing_rate') }}
