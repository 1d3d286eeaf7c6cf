-- Grain: one row per closing of the group: what its entities claim of each other, and what they owe each other.
select
    entity_id,
    period_end,
    currency_code,
    intercompany_receivables as amount_a,
    intercompany_payables as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('tie_out_amount') }}
where closing_type = 'regular' and is_group and has_intercompany
