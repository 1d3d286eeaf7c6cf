-- Grain: one row per entity and closing with balances, year-end adjustments aside. The first one is what the entity begins with,
-- and so is the first one after a closing that has none, because a report never came.
select
    amounts.entity_id,
    amounts.closing_id,
    closings.period_number,
    coalesce(lag(closings.period_number) over (
        partition by amounts.entity_id order by closings.period_number
    ) <> closings.period_number - 1, true) as is_first,
    closings.period_number > min(closings.period_number) over () as is_after_the_beginning
from (
    select distinct
        entity_id,
        closing_id
    from {{ ref('ledger_line_amount') }}
    where scenario = 'actual' and closing_type in ('opening', 'regular') and statement = 'balance_sheet'
) as amounts
inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
