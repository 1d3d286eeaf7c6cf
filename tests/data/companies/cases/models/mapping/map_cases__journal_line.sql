-- Grain: one row per line of a journal entry.
select
    entity_id || '/' || coalesce(ledger_id, '') || '/' || entry || '/' || posted_on || '/' || coalesce(account, '') as journal_line_id,
    entry as journal_entry_id,
    ledger_id,
    entity_id,
    cast(posted_on as date) as posted_on,
    type as entry_type,
    account as account_code,
    cast(amount as decimal(38, 2)) as amount,
    'cases' as source_system,
    'journal' as source_table,
    'one' as batch_id,
    row_number() over () as source_row,
    timestamp '2025-02-05 00:00:00' as known_at
from {{ source('company', 'journal') }}
