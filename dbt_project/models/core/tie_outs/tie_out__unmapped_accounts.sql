-- Grain: one row per entity and closing with amounts on accounts that nobody has given a line: what stands there, and nothing.
select
    amounts.entity_id,
    closings.period_end,
    amounts.currency_code,
    sum(amounts.amount) as amount_a,
    0 as amount_b,
    string_agg(
        distinct trim(coalesce(amounts.account_id, 'no account') || ' ' || coalesce(accounts.account_name, '')), ', '
        order by trim(coalesce(amounts.account_id, 'no account') || ' ' || coalesce(accounts.account_name, ''))
    ) as detail
from {{ ref('translated_amount') }} as amounts
inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
left join (
    select
        account_id,
        min(account_name) as account_name
    from {{ ref('account') }}
    group by account_id
) as accounts on amounts.account_id = accounts.account_id
where amounts.scenario = 'actual' and amounts.role = 'unmapped' and amounts.amount <> 0
group by amounts.entity_id, closings.period_end, amounts.currency_code
