-- Grain: one row per entity with a ledger and closing that is closed: which postings it holds, as an order of fiscal year and stage.
-- `first_order` to `closing_order` are its movements; `balance_order` is how far its balances go: at the last closing of a fiscal year
-- they hold the year-end adjustments, too. Of an entity whose year ends while the group's runs, that closing has them as movements, and
-- the group's closing of year-end adjustments has none of it. An entity's balances start anew with each opening entry (`anchor_order`): books that are
-- carried on by an opening hold no more. A closing `is_within_books` that begins before their last posting or on its day. The closing
-- of the period in which an entity leaves has its movements, and no balances.
with

closings as (
    select * from {{ ref('closing') }}
    where is_closed
),

postings as (select * from {{ ref('posting_period') }}),

books as (
    select
        entity_id,
        ledger_id,
        min(fiscal_year * 1000 + stage) as first_order,
        max(posted_on) as last_posted_on
    from postings
    where fiscal_year is not null and is_leading_ledger
    group by entity_id, ledger_id
),

entity_closings as (
    select
        periods.entity_id,
        periods.closing_id,
        closings.closing_type,
        periods.fiscal_year,
        periods.fiscal_period,
        periods.period_start,
        periods.has_balances,
        periods.fiscal_year * 1000 + periods.first_fiscal_period as first_order,
        periods.fiscal_year * 1000
        + case when periods.is_last_of_year and not closings.is_last_of_year then 900 else periods.fiscal_period end
            as closing_order,
        periods.fiscal_year * 1000
        + case when periods.is_last_of_year and periods.has_balances then 900 else periods.fiscal_period end
            as balance_order
    from {{ ref('entity_period') }} as periods
    inner join closings on periods.closing_id = closings.closing_id
    union all
    select
        entities.entity_id,
        closings.closing_id,
        closings.closing_type,
        coalesce(periods.fiscal_year, closings.fiscal_year) as fiscal_year,
        closings.fiscal_period,
        closings.period_start,
        true as has_balances,
        coalesce(periods.fiscal_year, closings.fiscal_year) * 1000 + 900 as first_order,
        coalesce(periods.fiscal_year, closings.fiscal_year) * 1000 + 900 as closing_order,
        coalesce(periods.fiscal_year, closings.fiscal_year) * 1000 + 900 as balance_order
    from closings
    inner join {{ ref('entity') }} as entities on entities.has_ledger
    inner join {{ ref('closing') }} as year_ends
        on closings.fiscal_year = year_ends.fiscal_year and year_ends.is_last_of_year
    left join {{ ref('entity_period') }} as periods
        on entities.entity_id = periods.entity_id and year_ends.closing_id = periods.closing_id
    where
        closings.closing_type = 'year_end_adjustment'
        and coalesce(periods.is_last_of_year, true)
        and coalesce(entities.joined_on <= year_ends.period_end, true)
        and coalesce(entities.left_on >= year_ends.period_end, true)
),

openings as (
    select distinct
        entity_id,
        ledger_id,
        fiscal_year * 1000 as opening_order
    from postings
    where stage = 0 and fiscal_year is not null
)

select
    entity_closings.entity_id,
    books.ledger_id,
    entity_closings.closing_id,
    entity_closings.closing_type,
    entity_closings.fiscal_year,
    entity_closings.fiscal_period,
    entity_closings.first_order,
    entity_closings.closing_order,
    entity_closings.balance_order,
    entity_closings.period_start <= books.last_posted_on as is_within_books,
    entity_closings.has_balances,
    coalesce(max(openings.opening_order), books.first_order) as anchor_order
from entity_closings
inner join books on entity_closings.entity_id = books.entity_id and entity_closings.balance_order >= books.first_order
left join openings
    on
        entity_closings.entity_id = openings.entity_id
        and books.ledger_id = openings.ledger_id
        and entity_closings.closing_order >= openings.opening_order
group by
    entity_closings.entity_id, books.ledger_id, entity_closings.closing_id, entity_closings.closing_type,
    entity_closings.fiscal_year, entity_closings.fiscal_period, entity_closings.first_order,
    entity_closings.closing_order, entity_closings.balance_order, entity_closings.period_start,
    entity_closings.has_balances, books.first_order, books.last_posted_on
