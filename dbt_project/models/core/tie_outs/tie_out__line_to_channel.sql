-- Grain: one row per rule of the company's own and closing of the group: a line of its statements, and the orders of a channel.
select
    rules.tie_out_id,
    amounts.entity_id,
    closings.period_end,
    amounts.currency_code,
    amounts.amount as amount_a,
    measures.amount as amount_b,
    case when measures.is_partial then 'the orders do not cover the whole period' end as detail
from {{ source('company', 'tie_out_rule') }} as rules
inner join {{ ref('statement_amount') }} as amounts
    on rules.line_code = amounts.line_code and amounts.scenario = 'actual'
inner join {{ ref('entity') }} as entities on amounts.entity_id = entities.entity_id and entities.is_group
inner join {{ ref('closing') }} as closings
    on amounts.closing_id = closings.closing_id and closings.closing_type = 'regular'
inner join {{ ref('operations_measure') }} as measures
    on
        amounts.entity_id = measures.entity_id
        and amounts.closing_id = measures.closing_id
        and measures.measure_id = 'sales_order_amount'
        and measures.dimension = 'channel'
        and rules.channel = measures.member
