-- Grain: one row per entity and closing with changes of balances that no line of the cash flow statement has.
select
    entity_id,
    period_end,
    currency_code,
    unexplained_cash_flow as amount_a,
    0 as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('tie_out_amount') }}
where unexplained_cash_flow <> 0
