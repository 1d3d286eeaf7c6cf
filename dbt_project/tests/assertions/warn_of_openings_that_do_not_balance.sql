-- Warns of opening entries whose debits are not their credits: the difference is in equity as a result that was not carried over.
{{ config(severity='warn') }}
select
    entity_id,
    ledger_id,
    fiscal_year,
    sum(amount) as difference
from {{ ref('ledger_movement') }}
where stage = 0
group by entity_id, ledger_id, fiscal_year
having sum(amount) <> 0
