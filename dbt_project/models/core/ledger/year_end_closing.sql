-- Grain: one row per entity and closing of year-end adjustments, with the regular closing whose balance sheet holds them: the
-- last one of their fiscal year. An entity whose system reports its balances has none: they are as the system adjusted them.
with

closings as (select * from {{ ref('entity_closing') }}),

reported as (
    select distinct
        entity_id,
        closing_id
    from {{ ref('reported_amount') }}
    where statement = 'balance_sheet'
)

select
    adjustments.entity_id,
    adjustments.closing_id as adjustment_closing_id,
    year_ends.closing_id
from closings as adjustments
inner join closings as year_ends
    on
        adjustments.entity_id = year_ends.entity_id
        and adjustments.closing_order = year_ends.balance_order
        and year_ends.closing_type = 'regular'
left join reported on year_ends.entity_id = reported.entity_id and year_ends.closing_id = reported.closing_id
where adjustments.closing_type = 'year_end_adjustment' and reported.closing_id is null
