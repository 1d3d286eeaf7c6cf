-- Grain: one row per line of a purchase order; amounts in the group's currency.
-- On time is what came by the day due; where a source does not know the day of receipt, what the supplier shipped by then.
-- A line that nothing was received for is not on time, and neither short nor whole.
with

order_lines as (
    {{ supplied(
        table='purchase_order_line',
        columns={
            'purchase_order_line_id': 'int',
            'purchase_order_id': 'int',
            'product_id': 'string',
            'due_on': 'date',
            'shipped_on': 'date',
            'received_on': 'date',
            'ordered_qty': 'decimal(19, 4)',
            'received_qty': 'decimal(19, 4)',
            'rejected_qty': 'decimal(19, 4)',
            'stocked_qty': 'decimal(19, 4)',
            'unit_price': 'decimal(19, 4)',
            'line_amount': 'decimal(19, 4)',
        },
    ) }}
),

orders as (select * from {{ ref('purchase_order') }}),

calendar as (select * from {{ ref('calendar_day') }})

select
    order_lines.purchase_order_line_id,
    order_lines.purchase_order_id,
    orders.entity_id,
    orders.supplier_id,
    order_lines.product_id,
    orders.order_status,
    orders.ordered_on,
    order_lines.due_on,
    order_lines.shipped_on,
    order_lines.received_on,
    due_calendar.closing_id as due_closing_id,
    coalesce(coalesce(order_lines.received_on, order_lines.shipped_on) <= order_lines.due_on, false) as is_on_time,
    order_lines.received_qty < order_lines.ordered_qty as is_short,
    order_lines.ordered_qty,
    order_lines.received_qty,
    order_lines.rejected_qty,
    order_lines.stocked_qty,
    order_lines.unit_price,
    order_lines.line_amount,
    {{ lineage_columns('order_lines') }}
from order_lines
inner join orders on order_lines.purchase_order_id = orders.purchase_order_id
left join calendar as due_calendar
    on order_lines.due_on = due_calendar.date_day and orders.entity_id = due_calendar.entity_id
