-- Grain: one row per entity and closing, year-end adjustments aside: the days of the entity's own fiscal calendar.
with

periods as (
    {{ supplied(
        table='entity_period',
        columns={'entity_id': 'string', 'closing_id': 'string', 'period_start': 'date', 'period_end': 'date'},
        has_lineage=false,
    ) }}
)

select
    entity_id,
    closing_id,
    period_start,
    period_end,
    {{ dbt.datediff('period_start', 'period_end', 'day') }} + 1 as days_in_period  -- noqa: LT05
from periods
