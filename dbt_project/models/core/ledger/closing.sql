-- Grain: one row per closing of the group's books: an opening, the periods closed or still open, and year-end adjustments.
-- Its days are the group's; entity_period has those of the entities. Which period is closed is the policy of company.yaml: documents
-- that are ahead of the books open periods, and close none of them.
with

group_entity as (
    select * from {{ ref('entity') }}
    where is_group
),

extent as (select * from {{ ref('data_extent') }}),

policy as (select * from {{ source('company', 'closing_policy') }}),

postings as (select * from {{ ref('posting_period') }}),

-- A period of another calendar than the group's is of the group's period that holds its middle. An adjustment is of the last one of
-- its fiscal year, whatever its day.
years as (
    select
        postings.stage,
        entities.joined_on,
        postings.posted_on,
        postings.posting_kind,
        postings.fiscal_year,
        case when own.calendar_id = group_entity.calendar_id then own.fiscal_year else groups.fiscal_year end
            as group_year,
        case when own.calendar_id = group_entity.calendar_id then own.fiscal_period else groups.fiscal_period end
            as group_period,
        case when own.calendar_id = group_entity.calendar_id then own.is_last_of_year else groups.is_last_of_year end
            as is_last_of_group_year
    from postings
    inner join {{ ref('entity') }} as entities on postings.entity_id = entities.entity_id
    cross join group_entity
    left join {{ ref('fiscal_period') }} as own
        on
            entities.calendar_id = own.calendar_id
            and postings.fiscal_year = own.fiscal_year
            and case
                when postings.stage = 900 then own.is_last_of_year
                else postings.fiscal_period = own.fiscal_period
            end
    left join {{ ref('fiscal_period') }} as groups
        on
            group_entity.calendar_id = groups.calendar_id
            and {{ dbt.dateadd('day', 14, 'own.starts_on') }} between groups.starts_on and groups.ends_on
    where postings.fiscal_year is not null
),

first_period as (
    select min(group_year * 1000 + group_period) as first_order
    from years
    where stage < 900
),

-- How far the books go that have no day but that of a report. An entity whose report is late holds up no other's books.
last_reported as (
    select last_on
    from (
        select
            max(case when posting_kind = 'balance' then posted_on end) as last_on,
            max(case when posting_kind = 'journal' then posted_on end) as last_journal_on
        from years
    ) as last_days
    where last_on >= coalesce(last_journal_on, last_on)
),

periods as (
    select
        periods.*,
        policy.kind as policy_kind,
        case policy.kind
            when 'declared' then coalesce(periods.ends_on <= policy.closed_through, false)
            when 'as_delivered'
                then periods.ends_on <= extent.delivered_on and periods.starts_on <= extent.last_posted_on
            when
                'days_after'
                then {{ dbt.dateadd('day', 'coalesce(policy.days, 0)', 'periods.ends_on') }} <= extent.known_on
            else periods.ends_on <= coalesce(last_reported.last_on, extent.last_posted_on)
        end as is_closed
    from {{ ref('fiscal_period') }} as periods
    inner join group_entity on periods.calendar_id = group_entity.calendar_id
    cross join extent
    cross join policy
    cross join first_period
    left join last_reported on true
    where
        periods.fiscal_year * 1000 + periods.fiscal_period >= first_period.first_order
        and periods.starts_on <= extent.last_on
),

regular as (
    select
        period_id as closing_id,
        case when is_closed then 'regular' else 'open' end as closing_type,
        cast({{ dbt.date_trunc('month', dbt.dateadd('day', 14, 'starts_on')) }} as date) as period_month,
        starts_on as period_start,
        ends_on as period_end,
        fiscal_year,
        fiscal_period,
        fiscal_quarter,
        periods_in_year,
        is_last_of_year
    from periods
),

openings as (
    select
        cast(regular.fiscal_year as {{ dbt.type_string() }}) || '-00' as closing_id,
        'opening' as closing_type,
        cast({{ dbt.date_trunc('month', dbt.dateadd('day', -1, 'regular.period_start')) }} as date) as period_month,
        cast({{ dbt.dateadd('day', -1, 'regular.period_start') }} as date) as period_start,
        cast({{ dbt.dateadd('day', -1, 'regular.period_start') }} as date) as period_end,
        regular.fiscal_year,
        0 as fiscal_period,
        0 as fiscal_quarter,
        regular.periods_in_year,
        false as is_last_of_year
    from regular
    cross join first_period
    where
        regular.fiscal_year * 1000 + regular.fiscal_period = first_period.first_order
        and exists (
            select 1 from years
            where
                years.stage = 0 and years.group_year = regular.fiscal_year
                and (years.joined_on is null or years.joined_on <= regular.period_start)
        )
),

adjustments as (
    select
        'FY' || cast(regular.fiscal_year as {{ dbt.type_string() }}) || '-ADJ' as closing_id,
        'year_end_adjustment' as closing_type,
        regular.period_month,
        greatest(regular.period_end, max(years.posted_on)) as period_start,
        greatest(regular.period_end, max(years.posted_on)) as period_end,
        regular.fiscal_year,
        regular.fiscal_period + 1 as fiscal_period,
        regular.fiscal_quarter,
        regular.periods_in_year,
        false as is_last_of_year
    from regular
    inner join years on regular.fiscal_year = years.group_year and years.stage = 900 and years.is_last_of_group_year
    where regular.is_last_of_year
    group by
        regular.fiscal_year, regular.period_month, regular.period_end, regular.fiscal_period, regular.fiscal_quarter,
        regular.periods_in_year
),

closings as (
    select * from regular
    union all
    select * from openings
    union all
    select * from adjustments
)

select
    closing_id,
    closing_type,
    period_month,
    period_start,
    period_end,
    fiscal_year,
    fiscal_period,
    fiscal_quarter,
    periods_in_year,
    is_last_of_year,
    {{ dbt.datediff('period_start', 'period_end', 'day') }} + 1 as days_in_period,  -- noqa: LT05
    closing_type <> 'open' as is_closed,
    row_number() over (
        partition by case when closing_type in ('opening', 'year_end_adjustment') then closing_type end
        order by period_end
    ) - case when closing_type = 'opening' then 1 else 0 end as period_number
from closings
