-- Warns of journal entries that were taken for closing entries without being typed so: on the last day of a fiscal year they take
-- profit and loss accounts to zero against equity. They are left out of profit and loss.
{{ config(severity='warn') }}
select
    entity_id,
    ledger_id,
    journal_entry_id,
    posted_on,
    fiscal_year
from {{ ref('closing_entry') }}
