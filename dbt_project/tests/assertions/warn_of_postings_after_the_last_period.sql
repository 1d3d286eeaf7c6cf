-- Warns of postings that are dated after the entity's last period: after the data were known, or after it left the group.
-- They are in no statement until their period begins.
{{ config(severity='warn') }}
select
    postings.entity_id,
    postings.ledger_id,
    postings.posted_on,
    postings.entry_type,
    postings.line_count
from {{ ref('posting_period') }} as postings
inner join (
    select
        entity_id,
        max(fiscal_year * 1000 + fiscal_period) as last_order
    from {{ ref('entity_period') }}
    group by entity_id
) as periods on postings.entity_id = periods.entity_id
where postings.stage between 1 and 899 and postings.fiscal_year * 1000 + postings.stage > periods.last_order
