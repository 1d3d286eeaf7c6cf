-- Fails for an entry whose debits are not its credits.
-- Why: a line of it is missing, in quarantine, or on another number; every statement would be out by the difference.
{{ config(severity='warn') }}
select journal_entry_id, min(posted_on) as posted_on, sum(amount) as difference, count(*) as lines
from {{ ref('map_SYSTEM__journal_line') }}
group by journal_entry_id
having sum(amount) <> 0
