-- Grain: one row per row of journal.
select
    journal_line_id,
    journal_entry_id,
    entity_id,
    posted_on,
    account_code,
    amount,
    description,
    {{ lineage_columns() }}
from {{ ref('stg_books__journal') }}
