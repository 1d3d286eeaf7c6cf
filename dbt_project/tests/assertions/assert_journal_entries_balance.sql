-- Fails for each journal entry whose debits are not its credits, with its number: the books do not balance by it. Openings are
-- not entries: what they lack is in equity, and warned of.
select
    source_system,
    entity_id,
    ledger_id,
    journal_entry_id,
    min(posted_on) as posted_on,
    max(posted_on) as last_posted_on,
    count(*) as line_count,
    sum(amount) as difference
from {{ ref('journal_line') }}
where entry_type <> 'opening'
group by source_system, entity_id, ledger_id, journal_entry_id
having sum(amount) <> 0
