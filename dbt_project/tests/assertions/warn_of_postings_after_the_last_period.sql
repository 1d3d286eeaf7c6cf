-- Warns of postings that are dated after the entity's last period, which are in no statement until their period begins; notes those after the
-- day on which it left the group, which are in none.
{{ config(severity='warn') }}
with

late as (
    select
        postings.entity_id,
        postings.ledger_id,
        coalesce(postings.posted_on > entities.left_on, false) as is_note,
        min(postings.posted_on) as first_on,
        max(postings.posted_on) as last_on,
        max(entities.left_on) as left_on,
        sum(postings.line_count) as line_count
    from {{ ref('posting_period') }} as postings
    inner join {{ ref('entity') }} as entities on postings.entity_id = entities.entity_id
    inner join (
        select
            entity_id,
            max(fiscal_year * 1000 + fiscal_period) as last_order
        from {{ ref('entity_period') }}
        group by entity_id
    ) as periods on postings.entity_id = periods.entity_id
    where postings.stage between 1 and 899 and postings.fiscal_year * 1000 + postings.stage > periods.last_order
    group by postings.entity_id, postings.ledger_id, coalesce(postings.posted_on > entities.left_on, false)
)

select
    entity_id,
    ledger_id,
    line_count,
    is_note,
    cast(line_count as {{ dbt.type_string() }}) || ' lines of ' || entity_id || ' from '
    || cast(first_on as {{ dbt.type_string() }}) || ' to ' || cast(last_on as {{ dbt.type_string() }}) || case
        when is_note
            then ', after it left on ' || cast(left_on as {{ dbt.type_string() }}) || ', are in no statement'
        else ', after its last period, are in no statement until their period begins'
    end as message
from late
