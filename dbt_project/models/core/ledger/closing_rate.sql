-- Grain: one row per currency and closing: the period's average rate and the closing rate, in the group currency.
-- A currency of a ledger has a row for every closing; where the company's rate policy allows no rate, it is NULL there. An
-- open period has no closing rate yet: what is budgeted in it takes the last rate that is known.
-- A year-end adjustment takes the rates of the last regular closing of its fiscal year. `opening_rate` is that of the day before
-- the period. An average that no rate of the period makes is the last known one under the same policy (`average_rate_on`).
with

rates as (select * from {{ ref('group_rate') }}),

policy as (select * from {{ source('company', 'rate_policy') }}),

closings as (select * from {{ ref('closing') }}),

used as (
    select currency_code, closing_id from {{ ref('trial_balance') }}
    union
    select currency_code, closing_id from {{ ref('budget') }}
    union
    select entity_currency_code, closing_id from {{ ref('budget') }}
),

currencies as (
    select
        currency_code,
        max(is_of_ledger) as is_of_ledger,
        max(is_of_group) as is_of_group
    from (
        select currency_code, 0 as is_of_ledger, 0 as is_of_group from rates
        union all
        select
            currency_code,
            case when has_ledger or is_group then 1 else 0 end as is_of_ledger,
            case when is_group then 1 else 0 end as is_of_group
        from {{ ref('entity') }}
    ) as all_currencies
    where currency_code is not null
    group by currency_code
),

periods as (
    select
        currencies.currency_code,
        currencies.is_of_group = 1 as is_of_group,
        closings.closing_id,
        closings.closing_type,
        closings.period_start,
        closings.period_end,
        closings.days_in_period,
        used.closing_id is not null as is_used,
        used.closing_id is not null
        or currencies.is_of_group = 1
        or (currencies.is_of_ledger = 1 and closings.closing_type <> 'open') as is_needed
    from closings
    cross join currencies
    left join used on currencies.currency_code = used.currency_code and closings.closing_id = used.closing_id
    where closings.closing_type <> 'year_end_adjustment'
),

period_averages as (
    select
        periods.currency_code,
        periods.closing_id,
    {% for kind in ['day_average', 'day_end', 'month_average'] -%}
        {{ average_rate("case when rates.kind = '" ~ kind ~ "' then rates.rate end") }} as {{ kind }},
        nullif(count(case when rates.kind = '{{ kind }}' then 1 end), 0) as {{ kind }}_count{{ ',' if not loop.last }}  -- noqa: LT02
    {% endfor %}
    from periods
    inner join rates
        on
            periods.currency_code = rates.currency_code
            and rates.rate_on between periods.period_start and periods.period_end
    group by periods.currency_code, periods.closing_id
),

averages as (
    select
        period_averages.currency_code,
        period_averages.closing_id,
        period_averages.day_average_count,
        case
            when policy.average = 'given' then period_averages.month_average
            else coalesce(period_averages.day_average, period_averages.day_end)
        end as rate,
        case
            when policy.average = 'given' then period_averages.month_average_count
            else coalesce(period_averages.day_average_count, period_averages.day_end_count)
        end as rate_count
    from period_averages
    cross join policy
),

moments as (
    select 'closing' as moment, closing_id, period_end as moment_on from closings
    union all
    select 'average' as moment, closing_id, period_end as moment_on from closings
    union all
    select 'opening' as moment, closing_id, cast({{ dbt.dateadd('day', -1, 'period_start') }} as date) as moment_on
    from closings
),

-- The newest rate of the day or before it, as far back as the policy allows.
known as (
    select
        periods.currency_code,
        periods.closing_id,
        moments.moment,
        rates.rate_on,
        {{ rounded_rate('rates.rate') }} as rate,
        row_number() over (
            partition by periods.currency_code, periods.closing_id, moments.moment
            order by rates.rate_on desc, rates.kind = 'day_average', rates.kind asc
        ) as choice
    from periods
    cross join policy
    inner join moments on periods.closing_id = moments.closing_id
    inner join rates
        on
            periods.currency_code = rates.currency_code
            and moments.moment_on >= rates.rate_on
            and case
                when moments.moment <> 'average' then rates.kind in ('day_end', 'month_end')
                when policy.average = 'given' then rates.kind = 'month_average'
                else rates.kind <> 'month_average'
            end
    where
        (periods.closing_type = 'open' and periods.is_used)
        or {{ dbt.datediff('rates.rate_on', 'moments.moment_on', 'day') }} <= case  -- noqa: LT05
            when policy.missing = 'last_known' then policy.max_age_days
            when moments.moment = 'average' then -1
            else 0
        end
),

period_rates as (
    select
        periods.currency_code,
        periods.closing_id,
        case
            when periods.is_of_group then 1
            when policy.average = 'month_ends'
                then {{ rounded_rate('(coalesce(at_opening.rate, at_closing.rate) + at_closing.rate) * 0.5') }}
            else coalesce(averages.rate, at_average.rate)
        end as average_rate,
        case
            when not periods.is_of_group and policy.average <> 'month_ends' and averages.rate is null
                then at_average.rate_on
        end as average_rate_on,
        case when periods.is_of_group then 1 else at_closing.rate end as closing_rate,
        case when periods.is_of_group then 1 else at_opening.rate end as opening_rate,
        case
            when periods.is_of_group then coalesce(averages.day_average_count, periods.days_in_period)
            when policy.average = 'month_ends' then 2
            else coalesce(averages.rate_count, 0)
        end as rate_day_count,
        case when periods.is_of_group then periods.period_end else at_closing.rate_on end as closing_rate_on,
        not periods.is_of_group and coalesce(at_closing.rate_on < periods.period_end, false) as is_last_known
    from periods
    cross join policy
    left join averages on periods.currency_code = averages.currency_code and periods.closing_id = averages.closing_id
    {%- for moment in ['closing', 'opening', 'average'] %}
        left join known as at_{{ moment }}
            on
                periods.currency_code = at_{{ moment }}.currency_code
                and periods.closing_id = at_{{ moment }}.closing_id
                and at_{{ moment }}.moment = '{{ moment }}'
                and at_{{ moment }}.choice = 1
    {% endfor %}
    where periods.is_needed or averages.currency_code is not null
),

last_regular as (
    select fiscal_year, max(fiscal_period) as fiscal_period
    from closings
    where closing_type = 'regular'
    group by fiscal_year
),

adjustments as (
    select
        adjusted.closing_id,
        last_closings.closing_id as rates_closing_id
    from closings as adjusted
    inner join last_regular on adjusted.fiscal_year = last_regular.fiscal_year
    inner join closings as last_closings
        on
            last_regular.fiscal_year = last_closings.fiscal_year
            and last_regular.fiscal_period = last_closings.fiscal_period
            and last_closings.closing_type = 'regular'
    where adjusted.closing_type = 'year_end_adjustment'
)

select
    period_rates.currency_code,
    targets.closing_id,
    cast(period_rates.average_rate as decimal(38, 16)) as average_rate,
    cast(period_rates.closing_rate as decimal(38, 16)) as closing_rate,
    cast(period_rates.opening_rate as decimal(38, 16)) as opening_rate,
    cast(period_rates.rate_day_count as {{ dbt.type_bigint() }}) as rate_day_count,
    period_rates.closing_rate_on,
    period_rates.average_rate_on,
    period_rates.is_last_known
from period_rates
inner join (
    select closing_id, closing_id as rates_closing_id from closings
    where closing_type <> 'year_end_adjustment'
    union all
    select closing_id, rates_closing_id from adjustments
) as targets on period_rates.closing_id = targets.rates_closing_id
