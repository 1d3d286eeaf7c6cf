-- Grain: one row per closing of the group: inventory in the ledger, and units times unit cost of the stock.
select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.inventory as amount_a,
    measures.amount as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('entity') }} as group_entity on amounts.entity_id = group_entity.entity_id and group_entity.is_group
left join {{ ref('operations_measure') }} as measures
    on
        amounts.entity_id = measures.entity_id
        and amounts.closing_id = measures.closing_id
        and measures.measure_id = 'stock_value_amount'
        and measures.dimension = 'total'
where amounts.closing_type = 'regular'
