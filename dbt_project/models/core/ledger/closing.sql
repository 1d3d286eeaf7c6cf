-- Grain: one row per closing of the ledger (regular or year-end adjustment), and per open period after the last one.
-- Its days are the group's; entity_period has those of the entities. Balances taken over at the start are an opening.
with

closings as (
    {{ supplied(
        table='closing',
        columns={
            'closing_id': 'string',
            'closing_type': 'string',
            'period_month': 'date',
            'period_start': 'date',
            'period_end': 'date',
            'fiscal_year': 'int',
            'fiscal_period': 'int',
            'fiscal_quarter': 'int',
            'periods_in_year': 'int',
        },
        has_lineage=false,
    ) }}
)

select
    closing_id,
    closing_type,
    period_month,
    period_start,
    period_end,
    fiscal_year,
    fiscal_period,
    coalesce(fiscal_quarter, least(cast(floor((fiscal_period - 1) / 3) as {{ dbt.type_int() }}) + 1, 4)) as fiscal_quarter,
    coalesce(periods_in_year, 12) as periods_in_year,
    {{ dbt.datediff('period_start', 'period_end', 'day') }} + 1 as days_in_period,  -- noqa: LT05
    closing_type <> 'open' as is_closed,
    row_number() over (
        partition by case when closing_type in ('opening', 'year_end_adjustment') then closing_type end
        order by period_end
    ) - case when closing_type = 'opening' then 1 else 0 end as period_number
from closings
