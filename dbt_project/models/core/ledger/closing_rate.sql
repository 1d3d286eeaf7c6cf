-- Grain: one row per currency and closing: the period's average rate and the closing rate, in the group currency.
-- A year-end adjustment takes the rates of the last regular closing of its fiscal year.
with

rates as (select * from {{ ref('exchange_rate') }}),

closings as (select * from {{ ref('closing') }}),

period_rates as (
    select
        rates.currency_code,
        closings.closing_id,
        closings.fiscal_year,
        closings.fiscal_period,
        cast({{ exact_average('rates.average_rate', 8) }} as decimal(18, 8)) as average_rate,
        cast(max(case when rates.rate_on = closings.period_end then rates.end_of_day_rate end) as decimal(18, 8))
            as closing_rate,
        count(*) as rate_day_count
    from rates
    inner join closings
        on
            rates.rate_on between closings.period_start and closings.period_end
            and closings.closing_type <> 'year_end_adjustment'
    group by rates.currency_code, closings.closing_id, closings.fiscal_year, closings.fiscal_period
),

adjustment_rates as (
    select
        period_rates.currency_code,
        closings.closing_id,
        period_rates.average_rate,
        period_rates.closing_rate,
        period_rates.rate_day_count
    from closings
    inner join period_rates on closings.fiscal_year = period_rates.fiscal_year and period_rates.fiscal_period = 12
    where closings.closing_type = 'year_end_adjustment'
)

select
    currency_code,
    closing_id,
    average_rate,
    closing_rate,
    rate_day_count
from period_rates
union all
select
    currency_code,
    closing_id,
    average_rate,
    closing_rate,
    rate_day_count
from adjustment_rates
