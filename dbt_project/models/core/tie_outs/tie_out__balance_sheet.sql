-- Grain: one row per entity and closing: assets, and what they are paid with.
select
    entity_id,
    period_end,
    currency_code,
    assets as amount_a,
    liabilities_and_equity as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('tie_out_amount') }}
where has_balance_sheet
