-- Grain: one row per closing of the group that the orders cover: sales to third parties in the ledger, and the orders.
select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.revenue as amount_a,
    measures.amount as amount_b,
    case when measures.is_partial then 'the orders do not cover the whole period' end as detail
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('operations_measure') }} as measures
    on
        amounts.entity_id = measures.entity_id
        and amounts.closing_id = measures.closing_id
        and measures.measure_id = 'sales_order_amount'
        and measures.dimension = 'total'
where amounts.closing_type = 'regular' and amounts.is_group
