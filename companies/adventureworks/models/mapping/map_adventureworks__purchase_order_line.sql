-- Grain: one row per line of a purchase order; amounts in US dollars. The whole group's: the source names no entity.
-- The source has no receipts of their own: what came stands on the line, and the day on which the supplier shipped on the order.
with

order_lines as (select * from {{ ref('stg_adventureworks_erp__purchase_order_detail') }}),

orders as (select * from {{ ref('stg_adventureworks_erp__purchase_order_header') }})

select
    order_lines.purchase_order_id,
    order_lines.purchase_order_line_id,
    orders.vendor_id as supplier_id,
    order_lines.product_id,
    {{ purchase_order_status('orders.status_code') }} as order_status,
    orders.ordered_on,
    order_lines.due_on,
    orders.shipped_on,
    order_lines.ordered_qty,
    order_lines.received_qty,
    order_lines.rejected_qty,
    order_lines.stocked_qty,
    order_lines.unit_price,
    order_lines.line_amount as net_amount,
    'USD' as currency_code,
    {{ lineage_columns('order_lines') }}
from order_lines
left join orders on order_lines.purchase_order_id = orders.purchase_order_id
