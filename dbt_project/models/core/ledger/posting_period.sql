-- Grain: one row per row of dated_posting, whatever its system, with the fiscal year and the stage of it that the postings belong to.
-- `fiscal_period` is that of the day, or the one that an opening comes before.
-- Stages of a year, in order: opening (0), the periods (1 …), adjustments (900), closing entries (950). An opening belongs to the
-- year that its day begins or the next day does; an adjustment to the year whose last period it is dated in, else to the
-- year before. A label that the entity's calendar knows counts before the day. What no period of the calendar has is
-- without a year: a test names it. In the period in which an entity joins, or leaves, what is posted before it joins stands half a stage
-- before the period, and what is posted after it has left half a stage behind: it is in the entity's books, and none of the group's.
with

postings as (
    select
        entity_id,
        ledger_id,
        posted_on,
        period_label,
        entry_type,
        posting_kind,
        sum(line_count) as line_count,
        max(last_entered_at) as last_entered_at,
        max(known_at) as known_at
    from {{ ref('dated_posting') }}
    group by entity_id, ledger_id, posted_on, period_label, entry_type, posting_kind
),

entities as (select * from {{ ref('entity') }}),

periods as (select * from {{ ref('fiscal_period') }}),

placed as (
    select
        postings.*,
        coalesce(labelled.fiscal_year, dated.fiscal_year) as day_year,
        coalesce(labelled.fiscal_period, dated.fiscal_period) as day_period,
        coalesce(labelled.is_last_of_year, dated.is_last_of_year) as is_last_of_year,
        case
            when
                postings.posted_on < entities.joined_on
                and entities.joined_on > coalesce(labelled.starts_on, dated.starts_on)
                and entities.joined_on <= coalesce(labelled.ends_on, dated.ends_on)
                then -0.5
            when
                postings.posted_on > entities.left_on
                and entities.left_on >= coalesce(labelled.starts_on, dated.starts_on)
                and entities.left_on < coalesce(labelled.ends_on, dated.ends_on)
                then 0.5
            else 0
        end as outside,
        opened.fiscal_year as opened_year,
        opened.fiscal_period as opened_period
    from postings
    left join entities on postings.entity_id = entities.entity_id
    left join periods as labelled
        on
            entities.calendar_id = labelled.calendar_id and postings.period_label = labelled.period_id
            and postings.entry_type not in ('opening', 'adjustment')
    left join periods as dated
        on entities.calendar_id = dated.calendar_id and postings.posted_on between dated.starts_on and dated.ends_on
    left join periods as opened
        on
            entities.calendar_id = opened.calendar_id
            and {{ dbt.dateadd('day', 1, 'postings.posted_on') }} between opened.starts_on and opened.ends_on
),

staged as (
    select
        *,
        case
            when entry_type = 'opening' then coalesce(opened_year, day_year)
            when entry_type = 'adjustment' and not is_last_of_year then day_year - 1
            else day_year
        end as fiscal_year,
        case
            when entry_type = 'opening' then 0
            when entry_type = 'adjustment' then 900
            when entry_type = 'closing' then 950
            else day_period + outside
        end as stage,
        case when entry_type = 'opening' then coalesce(opened_period, day_period) else day_period end as fiscal_period
    from placed
)

select
    entity_id,
    ledger_id,
    posted_on,
    period_label,
    entry_type,
    posting_kind,
    line_count,
    last_entered_at,
    known_at,
    fiscal_year,
    stage,
    fiscal_period,
    ledger_id = min(ledger_id) over (partition by entity_id) as is_leading_ledger
from staged
