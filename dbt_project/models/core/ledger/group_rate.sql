-- Grain: one row per currency, day and kind of rate: the group's currency for one unit, by the shortest way that is given.
-- A rate that is given wins over the inverse of one, and that over one through a third currency. Of several systems that
-- give the same rate, the first by name is taken. An inverse has sixteen decimals: one of 17,000 has twelve digits then.
with

group_entity as (
    select currency_code from {{ ref('entity') }}
    where is_group
),

ranked as (
    select
        from_currency_code,
        to_currency_code,
        rate_on,
        kind,
        rate,
        row_number() over (
            partition by from_currency_code, to_currency_code, rate_on, kind order by source_system
        ) as choice
    from {{ ref('exchange_rate') }}
    where rate > 0 and from_currency_code <> to_currency_code
),

legs as (
    select
        from_currency_code,
        to_currency_code,
        rate_on,
        kind,
        cast(rate as decimal(38, 16)) as rate,
        1 as preference
    from ranked
    where choice = 1
    union all
    select
        to_currency_code as from_currency_code,
        from_currency_code as to_currency_code,
        rate_on,
        kind,
        cast(1 / rate as decimal(38, 16)) as rate,
        2 as preference
    from ranked
    where choice = 1
),

ways as (
    select
        legs.from_currency_code as currency_code,
        legs.rate_on,
        legs.kind,
        legs.rate,
        legs.preference,
        cast(null as {{ dbt.type_string() }}) as through_currency_code
    from legs
    inner join group_entity on legs.to_currency_code = group_entity.currency_code
    union all
    select
        first_legs.from_currency_code as currency_code,
        first_legs.rate_on,
        first_legs.kind,
        case
            when cast(first_legs.rate as double) * cast(second_legs.rate as double) < 10000
                then
                    cast(round(first_legs.rate * second_legs.rate, 16) as decimal(38, 16))
            else
                cast(round(
                    cast(first_legs.rate as decimal(38, 12)) * cast(second_legs.rate as decimal(38, 12)), 12
                ) as decimal(38, 16))
        end as rate,
        2 + first_legs.preference + second_legs.preference as preference,
        first_legs.to_currency_code as through_currency_code
    from legs as first_legs
    inner join legs as second_legs
        on
            first_legs.to_currency_code = second_legs.from_currency_code
            and first_legs.rate_on = second_legs.rate_on
            and first_legs.kind = second_legs.kind
    inner join group_entity on second_legs.to_currency_code = group_entity.currency_code
    where first_legs.from_currency_code <> group_entity.currency_code
),

chosen as (
    select
        *,
        row_number() over (
            partition by currency_code, rate_on, kind order by preference, through_currency_code
        ) as choice
    from ways
)

select
    currency_code,
    rate_on,
    kind,
    rate,
    through_currency_code
from chosen
where choice = 1
