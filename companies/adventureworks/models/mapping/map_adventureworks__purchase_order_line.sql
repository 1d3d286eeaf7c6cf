-- Grain: one row per line of a purchase order; amounts in US dollars.
-- The source has no day of receipt: the day on which the supplier shipped stands for it.
with

order_lines as (select * from {{ ref('stg_adventureworks_erp__purchase_order_detail') }}),

orders as (select * from {{ ref('purchase_order') }})

select
    order_lines.purchase_order_line_id,
    order_lines.purchase_order_id,
    order_lines.product_id,
    order_lines.due_on,
    orders.shipped_on,
    cast(null as date) as received_on,
    order_lines.ordered_qty,
    order_lines.received_qty,
    order_lines.rejected_qty,
    order_lines.stocked_qty,
    order_lines.unit_price,
    order_lines.line_amount,
    {{ lineage_columns('order_lines') }}
from order_lines
inner join orders on order_lines.purchase_order_id = orders.purchase_order_id
