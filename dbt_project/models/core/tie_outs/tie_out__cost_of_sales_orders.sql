-- Grain: one row per closing of the group that the orders cover: cost of sales in the ledger, and the standard cost of the orders.
select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.cost_of_sales as amount_a,
    measures.amount as amount_b,
    case when measures.is_partial then 'the orders do not cover the whole period' end as detail
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('operations_measure') }} as measures
    on
        amounts.entity_id = measures.entity_id
        and amounts.closing_id = measures.closing_id
        and measures.measure_id = 'order_product_cost_amount'
        and measures.dimension = 'total'
where amounts.closing_type = 'regular' and amounts.is_group
