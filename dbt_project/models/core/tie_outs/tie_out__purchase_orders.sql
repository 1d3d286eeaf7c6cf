-- Grain: one row per closing: what the heads of the purchase orders say, and the sum of their lines. Orders of a day that no
-- closing has, such as those before the ledger begins, belong to no period's tie-out.
with

orders as (
    select
        orders.purchase_order_id,
        orders.period_end,
        orders.subtotal_amount,
        sum(order_lines.document_amount) as line_amount
    from {{ ref('purchase_order') }} as orders
    inner join {{ ref('purchase_order_line') }} as order_lines
        on
            orders.source_system = order_lines.source_system
            and orders.purchase_order_id = order_lines.purchase_order_id
    where orders.subtotal_amount is not null and orders.period_end is not null
    group by orders.source_system, orders.purchase_order_id, orders.period_end, orders.subtotal_amount
)

select
    group_entity.entity_id,
    orders.period_end,
    group_entity.currency_code,
    sum(orders.subtotal_amount) as amount_a,
    sum(orders.line_amount) as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from orders
cross join (
    select entity_id, currency_code from {{ ref('entity') }}
    where is_group
) as group_entity
group by group_entity.entity_id, orders.period_end, group_entity.currency_code
