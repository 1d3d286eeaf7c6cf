-- Fails for each day with postings that the entity's calendar has no period for, or that is before its first closing: they are
-- in no statement. What is dated after the last period is only warned of. So does a label of a period that the calendar does not
-- know: the postings would be in the period of their day instead. Openings, adjustments and closing
-- entries are placed by their type: a ledger may keep them in a thirteenth period.
with

periods as (
    select
        entity_id,
        min(fiscal_year * 1000 + first_fiscal_period) as first_order
    from {{ ref('entity_period') }}
    group by entity_id
),

judged as (
    select
        postings.entity_id,
        postings.ledger_id,
        postings.posted_on,
        postings.entry_type,
        postings.period_label,
        postings.line_count,
        postings.fiscal_year,
        entities.calendar_id,
        postings.fiscal_year is null
        or periods.first_order is null
        or (
            postings.stage > 0 and postings.fiscal_year * 1000 + postings.stage < periods.first_order
            and not coalesce(entities.joined_on > postings.posted_on, false)
        ) as is_in_no_period,
        trim(postings.period_label) <> ''
        and postings.entry_type not in ('opening', 'adjustment', 'closing')
        and known.period_id is null as has_unknown_label
    from {{ ref('posting_period') }} as postings
    left join {{ ref('entity') }} as entities on postings.entity_id = entities.entity_id
    left join {{ ref('fiscal_period') }} as known
        on entities.calendar_id = known.calendar_id and postings.period_label = known.period_id
    left join periods on postings.entity_id = periods.entity_id
)

select
    judged.entity_id,
    judged.ledger_id,
    judged.posted_on,
    judged.entry_type,
    judged.period_label,
    judged.line_count,
    case
        when judged.has_unknown_label
            then 'the calendar ' || judged.calendar_id || ' has no period of this label, but ' || coalesce((
                select string_agg(periods.period_id, ', ' order by periods.starts_on)
                from {{ ref('fiscal_period') }} as periods
                where periods.calendar_id = judged.calendar_id and periods.fiscal_year = judged.fiscal_year
            ), 'none of its year')
            || ': let the mapping of journal_line give one of them, or, of a period after the last one, '
            || 'the entry_type: `closing` if it takes profit and loss to zero, `adjustment` if it adjusts the year'
        else 'in no period of its entity'
    end as reason
from judged
where judged.is_in_no_period or judged.has_unknown_label
