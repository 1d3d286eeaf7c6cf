{{ config(materialized='view') }}
-- Grain: one row per closing of the ledger, year-end adjustments included, and per open period after the last one.
select
    closing_id,
    closing_type,
    period_month,
    period_start,
    period_end,
    fiscal_year,
    fiscal_quarter,
    fiscal_period,
    days_in_period,
    is_closed
from {{ ref('closing') }}
