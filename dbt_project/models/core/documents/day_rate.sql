-- Grain: one row per currency, currency of an entity and day: the latter for one unit of the former at the end of the day.
-- A day without a rate takes the last known one, as long as the rate policy lets it be old.
with

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select currency_code from entities
    where is_group
),

ends as (
    select
        currency_code,
        rate_on,
        rate,
        row_number() over (partition by currency_code, rate_on order by kind) as choice
    from {{ ref('group_rate') }}
    where kind in ('day_end', 'month_end')
),

given as (
    select
        currency_code,
        rate_on,
        rate,
        lead(rate_on) over (partition by currency_code order by rate_on) as next_rate_on
    from ends
    where choice = 1
),

policy as (
    select case when missing = 'refuse' then 0 else max_age_days end as max_age_days
    from {{ source('company', 'rate_policy') }}
),

digits as (
    {%- for digit in range(10) %}
        select {{ digit }} as digit
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

ages as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit as age_days
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join policy
    where ones.digit + 10 * tens.digit + 100 * hundreds.digit <= policy.max_age_days
),

in_group_currency as (
    select
        given.currency_code,
        cast({{ dbt.dateadd('day', 'ages.age_days', 'given.rate_on') }} as date) as rate_on,
        given.rate,
        ages.age_days
    from given
    inner join ages
        on
            given.next_rate_on is null
            or {{ dbt.dateadd('day', 'ages.age_days', 'given.rate_on') }} < given.next_rate_on
),

into_group as (
    select
        rates.currency_code as from_currency_code,
        group_entity.currency_code as to_currency_code,
        rates.rate_on,
        rates.rate,
        rates.age_days
    from in_group_currency as rates
    cross join group_entity
),

targets as (
    select distinct entities.currency_code
    from entities
    cross join group_entity
    where entities.currency_code <> group_entity.currency_code
),

out_of_group as (
    select
        group_entity.currency_code as from_currency_code,
        targets.currency_code as to_currency_code,
        rates.rate_on,
        {{ crossed_rate('1', 'rates.rate') }} as rate,
        rates.age_days
    from targets
    inner join in_group_currency as rates on targets.currency_code = rates.currency_code
    cross join group_entity
),

crossed as (
    select
        rates.currency_code as from_currency_code,
        targets.currency_code as to_currency_code,
        rates.rate_on,
        {{ crossed_rate('rates.rate', 'target_rates.rate') }} as rate,
        greatest(rates.age_days, target_rates.age_days) as age_days
    from in_group_currency as rates
    inner join targets on rates.currency_code <> targets.currency_code
    inner join in_group_currency as target_rates
        on targets.currency_code = target_rates.currency_code and rates.rate_on = target_rates.rate_on
)

select * from into_group
union all
select * from out_of_group
union all
select * from crossed
