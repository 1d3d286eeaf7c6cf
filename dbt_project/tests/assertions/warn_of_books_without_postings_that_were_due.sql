-- Warns of closed periods that a system has no postings of an entity in, where it usually has: a file that never came, or a report that
-- is late. They are partial, and so is the group. If the system will deliver no more, `coverage` of company.yaml says so with `ended`.
{{ config(severity='warn') }}
select
    late.entity_id,
    late.source_system,
    late.posting_kind,
    late.closing_id,
    last_closings.closing_id as last_posted_closing_id
from {{ ref('late_books') }} as late
left join {{ ref('closing') }} as last_closings
    on late.last_period_number = last_closings.period_number and last_closings.closing_type in ('regular', 'open')
