-- Fails for each day with postings that the entity's calendar has no period for, or that is before its first closing: they are
-- in no statement. What is dated after the last period is only warned of.
select
    postings.entity_id,
    postings.ledger_id,
    postings.posted_on,
    postings.entry_type,
    postings.period_label,
    postings.line_count
from {{ ref('posting_period') }} as postings
left join (
    select
        entity_id,
        min(fiscal_year * 1000 + first_fiscal_period) as first_order
    from {{ ref('entity_period') }}
    group by entity_id
) as periods on postings.entity_id = periods.entity_id
where
    postings.fiscal_year is null
    or periods.first_order is null
    or (
        postings.stage > 0 and postings.fiscal_year * 1000 + postings.stage < periods.first_order
        and not exists (
            select 1 from {{ ref('entity') }} as entities
            where entities.entity_id = postings.entity_id and entities.joined_on > postings.posted_on
        )
    )
