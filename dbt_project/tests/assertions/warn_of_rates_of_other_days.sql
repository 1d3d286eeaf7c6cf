-- Warns of each currency and closing whose balances are translated with the last known rate, as the company's policy allows.
{{ config(severity='warn') }}
select
    balances.currency_code,
    closings.period_end as closing_on,
    rates.closing_rate_on as rate_on,
    rates.closing_rate as rate,
    string_agg(distinct balances.entity_id, ', ' order by balances.entity_id) as entities
from {{ ref('trial_balance') }} as balances
inner join {{ ref('closing') }} as closings on balances.closing_id = closings.closing_id
inner join {{ ref('closing_rate') }} as rates
    on balances.currency_code = rates.currency_code and balances.closing_id = rates.closing_id
where rates.is_last_known and balances.balance_type = 'balance'
group by balances.currency_code, closings.period_end, rates.closing_rate_on, rates.closing_rate
