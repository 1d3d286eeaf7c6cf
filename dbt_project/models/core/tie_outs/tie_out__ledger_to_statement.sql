-- Grain: one row per entity and closing: the result summed from the ledger's accounts, and the statement's.
select
    ledger.entity_id,
    amounts.period_end,
    max(amounts.currency_code) as currency_code,
    sum(ledger.net_income) as amount_a,
    sum(amounts.net_income) as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from (
    select
        entity_id,
        closing_id,
        -sum(amount) as net_income
    from {{ ref('trial_balance') }}
    where statement = 'profit_and_loss'
    group by entity_id, closing_id
) as ledger
inner join {{ ref('tie_out_amount') }} as amounts
    on ledger.entity_id = amounts.entity_id and ledger.closing_id = amounts.closing_id
group by ledger.entity_id, amounts.period_end
