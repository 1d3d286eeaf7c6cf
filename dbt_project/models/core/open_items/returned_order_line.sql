-- Grain: one row per system and sales order line that something came back of. A return names the order line, or the shipment.
with

returned as (
    select
        coalesce(shipments.order_system, returns.order_system) as source_system,
        coalesce(returns.sales_order_id, shipments.sales_order_id) as sales_order_id,
        coalesce(returns.sales_order_line_id, shipments.sales_order_line_id) as sales_order_line_id,
        returns.returned_qty,
        returns.unit
    from {{ ref('sales_return_line') }} as returns
    left join {{ ref('shipment_line') }} as shipments
        on
            returns.source_system = shipments.source_system
            and returns.shipment_id = shipments.shipment_id
            and returns.shipment_line_id = shipments.shipment_line_id
),

summed as (
    select
        source_system,
        coalesce(sales_order_id, 'unknown') as sales_order_id,
        coalesce(sales_order_line_id, 'unknown') as sales_order_line_id,
        sum(returned_qty) as returned_qty,
        case when count(distinct unit) = 1 then max(unit) end as unit
    from returned
    group by source_system, coalesce(sales_order_id, 'unknown'), coalesce(sales_order_line_id, 'unknown')
),

shipped as (
    select
        order_system as source_system,
        sales_order_id,
        sales_order_line_id,
        sum(shipped_qty) as shipped_qty
    from {{ ref('shipment_line') }}
    group by order_system, sales_order_id, sales_order_line_id
)

select
    summed.source_system,
    summed.sales_order_id,
    summed.sales_order_line_id,
    summed.returned_qty,
    summed.unit,
    coalesce(shipped.shipped_qty, lines.shipped_qty) as shipped_qty
from summed
left join shipped
    on
        summed.source_system = shipped.source_system
        and summed.sales_order_id = shipped.sales_order_id
        and summed.sales_order_line_id = shipped.sales_order_line_id
left join {{ ref('sales_order_line') }} as lines
    on
        summed.source_system = lines.source_system
        and summed.sales_order_id = lines.sales_order_number
        and summed.sales_order_line_id = lines.sales_order_line_number
