-- Warns of each finding: documents that are in the figures although something about them is odd, with their number and amount.
{{ config(severity='warn') }}
select
    finding,
    source_system,
    document_type,
    document_count,
    amount,
    example_id
from {{ ref('document_finding') }}
