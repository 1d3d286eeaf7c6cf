-- Grain: one row per row of journal.
select
    "line" as journal_line_id,
    "entry" as journal_entry_id,
    "entity" as entity_id,
    "day" as posted_on,
    "account" as account_code,
    "amount" as amount,
    "text" as description,
    {{ lineage_columns() }}
from {{ source('books', 'journal') }}
