-- Grain: one row per system and sales order line that something was shipped for, as far as systems have shipments, whichever system
-- ships. -- Whole on the day on which the quantities shipped reach the quantity ordered; what was shipped in another unit is not added.
with

order_lines as (
    {{ supplied(
        table='sales_order_line',
        columns={'sales_order_id': 'string', 'sales_order_line_id': 'string', 'ordered_qty': 'decimal(38, 6)', 'unit': 'string'},
    ) }}
),

shipments as (
    select
        order_system as source_system,
        sales_order_id,
        sales_order_line_id,
        unit,
        shipped_on,
        shipped_qty,
        sum(shipped_qty) over (
            partition by order_system, sales_order_id, sales_order_line_id, unit
            order by shipped_on, shipment_id, shipment_line_id
            rows between unbounded preceding and current row
        ) as shipped_to_date_qty
    from {{ ref('shipment_line') }}
    where sales_order_id is not null
),

matched as (
    select
        shipments.*,
        order_lines.ordered_qty,
        {{ is_same_unit('shipments.unit', 'order_lines.unit') }} as is_same_unit
    from shipments
    inner join order_lines
        on
            shipments.source_system = order_lines.source_system
            and shipments.sales_order_id = order_lines.sales_order_id
            and shipments.sales_order_line_id = order_lines.sales_order_line_id
)

select
    source_system,
    sales_order_id,
    sales_order_line_id,
    min(case when is_same_unit and shipped_to_date_qty >= ordered_qty then shipped_on end) as whole_on,
    sum(case when is_same_unit then shipped_qty end) as shipped_qty,
    max(case when is_same_unit then 0 else 1 end) = 1 as has_other_unit
from matched
group by source_system, sales_order_id, sales_order_line_id
