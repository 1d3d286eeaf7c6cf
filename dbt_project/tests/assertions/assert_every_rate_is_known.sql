-- Fails for each currency and closing whose amounts no exchange rate may translate under the company's rate policy. A hole
-- would be closed by the translation adjustment, and the group's figures would be wrong without a word; so it blocks.
with

needed as (
    select distinct entity_id, currency_code, closing_id, balance_type from {{ ref('trial_balance') }}
    union
    select distinct entity_id, currency_code, closing_id, balance_type from {{ ref('budget') }}
    union
    select distinct entity_id, entity_currency_code, closing_id, balance_type from {{ ref('budget') }}
),

lacking as (
    select
        needed.currency_code,
        needed.closing_id,
        closings.period_end as rate_on,
        case when needed.balance_type = 'balance' then 'closing rate' else 'average rate' end as missing,
        string_agg(distinct needed.entity_id, ', ' order by needed.entity_id) as entities
    from needed
    left join {{ ref('closing') }} as closings on needed.closing_id = closings.closing_id
    left join {{ ref('closing_rate') }} as rates
        on needed.currency_code = rates.currency_code and needed.closing_id = rates.closing_id
    where case when needed.balance_type = 'balance' then rates.closing_rate else rates.average_rate end is null
    group by needed.currency_code, needed.closing_id, closings.period_end, missing
)

select
    lacking.currency_code,
    lacking.rate_on,
    lacking.closing_id,
    lacking.missing,
    lacking.entities,
    {{ last_known_rate('max(rates.rate_on)', 'lacking.rate_on') }} as last_known,
    'deliver the rate, or let rates: of company.yaml allow another (missing, max_age_days, average)' as what_to_do
from lacking
cross join {{ source('company', 'rate_policy') }} as policy
left join {{ ref('group_rate') }} as rates
    on lacking.currency_code = rates.currency_code and lacking.rate_on >= rates.rate_on
group by
    lacking.currency_code, lacking.rate_on, lacking.closing_id, lacking.missing, lacking.entities,
    policy.missing, policy.max_age_days
