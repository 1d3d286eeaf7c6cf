-- Grain: one row per journal line.
select
    journal_id,
    line_number,
    entity_id,
    journal_type,
    period_id,
    posted_on,
    account_code,
    department_code,
    currency_code,
    transaction_amount,
    amount,
    partner_id,
    product_id,
    document_type,
    document_id,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'journal_line') }}
