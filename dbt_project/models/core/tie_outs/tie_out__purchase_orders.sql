-- Grain: one row per closing: what the heads of the purchase orders say, and the sum of their lines, 0 of a head without lines, in the
-- group's currency at the rate of the order's day. Orders of a day that no closing has, such as those before the ledger begins,
-- belong to no period's tie-out.
with

group_entity as (
    select entity_id, currency_code from {{ ref('entity') }}
    where is_group
),

orders as (
    select * from {{ ref('purchase_order') }}
    where subtotal_amount is not null and period_end is not null
),

sums as (
    select
        period_end,
        ordered_on,
        currency_code,
        subtotal_amount,
        0 as line_amount
    from orders
    union all
    select
        orders.period_end,
        orders.ordered_on,
        order_lines.document_currency_code as currency_code,
        0 as subtotal_amount,
        sum(order_lines.document_amount) as line_amount
    from orders
    inner join {{ ref('purchase_order_line') }} as order_lines
        on
            orders.source_system = order_lines.source_system
            and orders.purchase_order_id = order_lines.purchase_order_id
    group by
        orders.source_system, orders.purchase_order_id, orders.period_end, orders.ordered_on,
        order_lines.document_currency_code
),

translated as (
    select
        group_entity.entity_id,
        sums.period_end,
        group_entity.currency_code,
        {{ translated('sums.subtotal_amount', 'sums.currency_code', 'group_entity.currency_code', 'rates.rate') }}
            as subtotal_amount,
        {{ translated('sums.line_amount', 'sums.currency_code', 'group_entity.currency_code', 'rates.rate') }}
            as line_amount
    from sums
    cross join group_entity
    left join {{ ref('day_rate') }} as rates
        on
            sums.currency_code = rates.from_currency_code
            and group_entity.currency_code = rates.to_currency_code
            and sums.ordered_on = rates.rate_on
)

select
    entity_id,
    period_end,
    currency_code,
    case when count(*) = count(subtotal_amount) then sum(subtotal_amount) end as amount_a,
    coalesce(sum(line_amount), 0) as amount_b,
    case when count(*) > count(subtotal_amount) then 'no rate for the currency of some orders' end as detail
from translated
group by entity_id, period_end, currency_code
