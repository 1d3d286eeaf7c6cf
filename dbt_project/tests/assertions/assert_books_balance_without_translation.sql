-- Fails for each entity and closing whose balances do not add up to zero in the entity's own currency: no translation
-- adjustment may close such a hole.
select
    scenario,
    entity_id,
    closing_id,
    sum(amount) as difference
from {{ ref('ledger_line_amount') }}
where statement = 'balance_sheet' and balance_type = 'balance'
group by scenario, entity_id, closing_id
having sum(amount) <> 0
