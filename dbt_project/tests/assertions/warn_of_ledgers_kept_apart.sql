-- Warns of ledgers beside the leading one of an entity: they are in core, and in no statement; ledgers are never added.
{{ config(severity='warn') }}
select
    entity_id,
    ledger_id,
    sum(line_count) as line_count,
    min(posted_on) as first_posted_on,
    max(posted_on) as last_posted_on
from {{ ref('posting_period') }}
where not is_leading_ledger
group by entity_id, ledger_id
