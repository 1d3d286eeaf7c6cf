-- Fails for each currency and closing whose amounts no exchange rate may translate under the company's rate policy. A hole
-- would be closed by the translation adjustment, and the group's figures would be wrong without a word; so it blocks.
with

needed as (
    select distinct entity_id, currency_code, closing_id, balance_type from {{ ref('trial_balance') }}
    union
    select distinct entity_id, currency_code, closing_id, balance_type from {{ ref('budget') }}
)

select
    needed.currency_code,
    closings.period_end as rate_on,
    needed.closing_id,
    case when needed.balance_type = 'balance' then 'closing rate' else 'average rate' end as missing,
    string_agg(distinct needed.entity_id, ', ' order by needed.entity_id) as entities,
    'deliver the rate, or let rates: of company.yaml allow another (missing, max_age_days, average)' as what_to_do
from needed
left join {{ ref('closing') }} as closings on needed.closing_id = closings.closing_id
left join {{ ref('closing_rate') }} as rates
    on needed.currency_code = rates.currency_code and needed.closing_id = rates.closing_id
where case when needed.balance_type = 'balance' then rates.closing_rate else rates.average_rate end is null
group by needed.currency_code, closings.period_end, needed.closing_id, missing
