-- Grain: one row per closing of the group: what its entities claim of each other, and what they owe each other.
select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.intercompany_receivables as amount_a,
    amounts.intercompany_payables as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('entity') }} as group_entity on amounts.entity_id = group_entity.entity_id and group_entity.is_group
where amounts.closing_type = 'regular'
