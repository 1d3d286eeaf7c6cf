-- Grain: one row per line of a purchase order, of which each has one; EUR at the rate of the day of the order.
with

order_lines as (select * from {{ ref('stg_simulated__purchase_order_line') }}),

receipts as (
    select
        purchase_order_id,
        line_number,
        max(shipped_on) as shipped_on,
        max(received_on) as received_on,
        sum(received_qty) as received_qty,
        sum(rejected_qty) as rejected_qty,
        sum(accepted_qty) as accepted_qty
    from {{ ref('stg_simulated__goods_receipt_line') }}
    group by purchase_order_id, line_number
)

select
    order_lines.purchase_order_id as purchase_order_line_id,
    order_lines.purchase_order_id,
    order_lines.product_id,
    order_lines.due_on,
    receipts.shipped_on,
    receipts.received_on,
    order_lines.ordered_qty,
    receipts.received_qty,
    receipts.rejected_qty,
    receipts.accepted_qty as stocked_qty,
    order_lines.line_group_amount / nullif(order_lines.ordered_qty, 0) as unit_price,
    order_lines.line_group_amount as line_amount,
    {{ lineage_columns('order_lines') }}
from order_lines
left join receipts
    on order_lines.purchase_order_id = receipts.purchase_order_id and order_lines.line_number = receipts.line_number
