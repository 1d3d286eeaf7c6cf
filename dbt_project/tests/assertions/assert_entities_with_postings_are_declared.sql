-- Fails for each entity that is posted on and that company.yaml does not declare: its currency, calendar and share are a guess.
select
    entities.entity_id,
    sum(postings.line_count) as line_count,
    min(postings.posted_on) as first_posted_on,
    max(postings.posted_on) as last_posted_on
from {{ ref('entity') }} as entities
inner join {{ ref('dated_posting') }} as postings on entities.entity_id = postings.entity_id
where not entities.is_declared
group by entities.entity_id
