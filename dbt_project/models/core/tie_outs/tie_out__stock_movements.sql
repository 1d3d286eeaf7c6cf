-- Grain: one row per entity and closing with a count of the stock on its day: opening stock and movements, and closing stock.
with

periods as (
    select
        entity_id,
        closing_id,
        max(balance_on) as last_balance_on,
        sum(received_qty - issued_qty) as moved_qty,
        sum(case when is_period_end then balance_qty else 0 end) as closing_qty
    from {{ ref('stock_balance') }}
    group by entity_id, closing_id
    having max(case when is_period_end then 1 else 0 end) = 1
),

rolls as (
    select
        periods.entity_id,
        closings.period_end,
        lag(periods.closing_qty) over by_period + periods.moved_qty as expected_qty,
        periods.closing_qty,
        row_number() over by_period as period_number
    from periods
    inner join {{ ref('closing') }} as closings on periods.closing_id = closings.closing_id
    window by_period as (partition by periods.entity_id order by periods.last_balance_on)
)

select
    entity_id,
    period_end,
    cast(null as {{ dbt.type_string() }}) as currency_code,
    expected_qty as amount_a,
    closing_qty as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from rolls
where period_number > 1
