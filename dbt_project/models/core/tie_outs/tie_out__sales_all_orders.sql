-- Grain: one row per closing of the group: net sales of the ledger, and the orders of all channels.
select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.revenue + amounts.intercompany_revenue as amount_a,
    orders.amount as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('entity') }} as group_entity on amounts.entity_id = group_entity.entity_id and group_entity.is_group
left join (
    select
        closing_id,
        sum(sales_amount) as amount
    from {{ ref('sales_order_line') }}
    where not is_cancelled
    group by closing_id
) as orders on amounts.closing_id = orders.closing_id
where amounts.closing_type = 'regular'
