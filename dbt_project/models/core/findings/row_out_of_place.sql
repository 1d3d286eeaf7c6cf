-- Grain: one row per row of a mapping model that is of an entity that company.yaml does not have, without a day, or of a day that is in
-- no period of its entity. `is_before_the_books`: its day is before the first period, and from one such day to the next are at most two
-- years (a mistyped year is far from the others).
{% set most_days_between = 2 * 366 %}
with

group_entity as (
    select entity_id, currency_code, time_zone from {{ ref('entity') }}
    where is_group
),

entities as (select * from {{ ref('entity') }}),

calendar as (select * from {{ ref('calendar_day') }}),

out_of_place as materialized (
    {{ rows_out_of_place(contract_tables()) }}
),

books as (
    select
        entity_id,
        min(date_day) as first_on
    from calendar
    group by entity_id
),

early_days as (
    select distinct
        misplaced.source_system,
        misplaced.document_type,
        misplaced.entity_id,
        misplaced.counts_on,
        books.first_on
    from out_of_place as misplaced
    cross join group_entity
    inner join books on coalesce(misplaced.entity_id, group_entity.entity_id) = books.entity_id
    where misplaced.is_in_no_period and misplaced.counts_on < books.first_on
),

days_apart as (
    select
        *,
        {{ dbt.datediff('counts_on', 'lead(counts_on, 1, first_on) over each_day', 'day') }} as days_to_next  -- noqa: LT05
    from early_days
    window each_day as (partition by source_system, document_type, entity_id order by counts_on)
),

before_the_books as (
    select
        source_system,
        document_type,
        entity_id,
        counts_on
    from (
        select
            *,
            max(days_to_next) over (
                partition by source_system, document_type, entity_id order by counts_on
                rows between current row and unbounded following
            ) as most_days
        from days_apart
    ) as apart
    where most_days <= {{ most_days_between }}
)

select
    misplaced.*,
    misplaced.is_in_no_period and early.counts_on is not null as is_before_the_books
from out_of_place as misplaced
left join before_the_books as early
    on
        misplaced.source_system = early.source_system
        and misplaced.document_type = early.document_type
        and misplaced.counts_on = early.counts_on
        and coalesce(misplaced.entity_id, '') = coalesce(early.entity_id, '')
