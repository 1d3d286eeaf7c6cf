-- Warns of journal entries that look like closing entries and are not typed so: on the last day of a fiscal year they move profit and
-- loss accounts against equity. What is recognised is left out of profit and loss, and what was posted after it (`remaining_amount`)
-- is carried forward as a result of earlier years. What is not recognised counts as profit and loss: give it the entry type `closing`
-- in the mapping if it closes the year.
{{ config(severity='warn') }}
select
    source_system,
    entity_id,
    ledger_id,
    journal_entry_id,
    posted_on,
    fiscal_year,
    closed_amount,
    remaining_amount,
    is_recognised
from {{ ref('closing_entry') }}
