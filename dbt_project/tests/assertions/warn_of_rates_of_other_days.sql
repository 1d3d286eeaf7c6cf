-- Warns of each currency and closing whose balances are translated with the last known rate, or whose movements are because the
-- period has no rate of its own, as the company's policy allows.
{{ config(severity='warn') }}
with

taken as (
    select distinct
        amounts.currency_code,
        amounts.entity_id,
        closings.closing_id,
        closings.period_end,
        case when amounts.balance_type = 'balance' then 'balances' else 'movements' end as what,
        case when amounts.balance_type = 'balance' then rates.closing_rate_on else rates.average_rate_on end as rate_on,
        case when amounts.balance_type = 'balance' then rates.closing_rate else rates.average_rate end as rate
    from {{ ref('trial_balance') }} as amounts
    inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
    inner join {{ ref('closing_rate') }} as rates
        on amounts.currency_code = rates.currency_code and amounts.closing_id = rates.closing_id
    where case when amounts.balance_type = 'balance' then rates.is_last_known else rates.average_rate_on is not null end
)

select
    currency_code,
    closing_id,
    what,
    rate_on,
    what || ' in ' || currency_code || ' of ' || closing_id || ' at '
    || cast(cast(rate as decimal(38, 12)) as {{ dbt.type_string() }})
    || ' of ' || cast(rate_on as {{ dbt.type_string() }}) || ' ('
    || string_agg(entity_id, ', ' order by entity_id) || ')' as message
from taken
group by currency_code, closing_id, period_end, what, rate_on, rate
order by period_end desc, currency_code asc, what asc
