-- Grain: one row per entity, system and closing that is closed and that the system has no postings in where it usually has.
-- A posting is due so many periods after the one before as three of four of the system's postings of the entity came by, so that books
-- that are kept by quarters lack nothing in between; a system that reports balances owes them at each closing. What has begun is due until
-- the entity leaves or `coverage` of company.yaml says that the system ended.
with

closings as (
    select
        periods.entity_id,
        periods.fiscal_year,
        periods.first_fiscal_period,
        periods.fiscal_period,
        periods.period_start,
        closings.closing_id,
        closings.period_number
    from {{ ref('entity_period') }} as periods
    inner join {{ ref('closing') }} as closings on periods.closing_id = closings.closing_id
    where closings.closing_type = 'regular'
),

posted as (
    select distinct
        dated.entity_id,
        dated.source_system,
        dated.posting_kind,
        closings.period_number
    from {{ ref('dated_posting') }} as dated
    inner join {{ ref('posting_period') }} as postings
        on
            dated.entity_id = postings.entity_id
            and dated.ledger_id = postings.ledger_id
            and dated.posted_on = postings.posted_on
            and dated.period_label = postings.period_label
            and dated.entry_type = postings.entry_type
            and dated.posting_kind = postings.posting_kind
    inner join closings
        on
            postings.entity_id = closings.entity_id
            and postings.fiscal_year = closings.fiscal_year
            and postings.stage between closings.first_fiscal_period and closings.fiscal_period
    where postings.is_leading_ledger
),

steps as (
    select
        *,
        period_number - lag(period_number) over (
            partition by entity_id, source_system, posting_kind order by period_number
        ) as step
    from posted
),

streams as (
    select
        entity_id,
        source_system,
        posting_kind,
        case when posting_kind = 'balance' then 1 else percentile_disc(0.75) within group (order by step) end
            as usual_step
    from steps
    group by entity_id, source_system, posting_kind
),

ended as (
    select
        system as source_system,
        entity_id,
        last_on
    from {{ source('company', 'source_extent') }}
    where ended and source_name is null
)

select
    streams.entity_id,
    streams.source_system,
    streams.posting_kind,
    closings.closing_id,
    max(posted.period_number) as last_period_number
from streams
inner join closings on streams.entity_id = closings.entity_id
inner join posted
    on
        streams.entity_id = posted.entity_id
        and streams.source_system = posted.source_system
        and streams.posting_kind = posted.posting_kind
        and closings.period_number >= posted.period_number
where
    not exists (
        select 1 from ended
        where
            ended.source_system = streams.source_system
            and coalesce(ended.entity_id, streams.entity_id) = streams.entity_id
            and ended.last_on < closings.period_start
    )
group by
    streams.entity_id, streams.source_system, streams.posting_kind, streams.usual_step, closings.closing_id,
    closings.period_number
having closings.period_number - max(posted.period_number) >= streams.usual_step
