-- Grain: one row per entity and closing: the cash flow statement's sum, and by how much cash changed.
select
    entity_id,
    period_end,
    currency_code,
    net_change_in_cash as amount_a,
    cash_movement as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from (
    select
        *,
        cash - lag(cash) over (partition by entity_id order by period_end) as cash_movement
    from {{ ref('tie_out_amount') }}
    where has_balance_sheet
) as movements
where has_cash_flow
