-- Grain: one row per system, receipt line and closing at whose end goods had come and were not invoiced; at the price of the purchase
-- line, what was rejected aside, in the group's currency. An invoice names the receipt (and its line) or the purchase line.
{{ config(materialized='view') }}
with

invoices as (select * from {{ ref('supplier_invoice_line') }}),

invoiced as (
    select source_system, goods_receipt_id, min(invoiced_on) as invoiced_on
    from invoices
    where goods_receipt_id is not null and net_amount >= 0
    group by source_system, goods_receipt_id
),

invoiced_orders as (
    select source_system, purchase_order_id, purchase_order_line_id, min(invoiced_on) as invoiced_on
    from invoices
    where goods_receipt_id is null and purchase_order_line_id is not null and net_amount >= 0
    group by source_system, purchase_order_id, purchase_order_line_id
),

receipts as (
    select
        receipts.source_system,
        receipts.goods_receipt_id,
        receipts.goods_receipt_line_id,
        receipts.received_on,
        receipts.received_qty - coalesce(receipts.rejected_qty, 0) as accepted_qty,
        order_lines.entity_id,
        {{ in_smallest_unit(
            'cast(order_lines.line_amount * (receipts.received_qty - coalesce(receipts.rejected_qty, 0))'
            ~ ' / nullif(order_lines.ordered_qty, 0) as decimal(38, 6))',
            'order_lines.currency_code'
        ) }} as amount,
        order_lines.currency_code,
        coalesce(invoiced.invoiced_on, invoiced_orders.invoiced_on) as invoiced_on
    from {{ ref('goods_receipt_line') }} as receipts
    inner join {{ ref('purchase_order_line') }} as order_lines
        on
            receipts.order_system = order_lines.source_system
            and receipts.purchase_order_id = order_lines.purchase_order_id
            and receipts.purchase_order_line_id = order_lines.purchase_order_line_id
    left join invoiced
        on
            receipts.source_system = invoiced.source_system
            and receipts.goods_receipt_id = invoiced.goods_receipt_id
    left join invoiced_orders
        on
            receipts.source_system = invoiced_orders.source_system
            and receipts.purchase_order_id = invoiced_orders.purchase_order_id
            and receipts.purchase_order_line_id = invoiced_orders.purchase_order_line_id
    where receipts.source_system in (select invoices.source_system from invoices)
)

select
    receipts.source_system,
    receipts.goods_receipt_id,
    receipts.goods_receipt_line_id,
    receipts.entity_id,
    periods.closing_id,
    receipts.received_on,
    receipts.invoiced_on,
    receipts.accepted_qty,
    receipts.amount,
    receipts.currency_code
from receipts
inner join {{ ref('entity_period') }} as periods
    on
        receipts.entity_id = periods.entity_id
        and receipts.received_on <= periods.period_end
        and coalesce(receipts.invoiced_on, date '9999-12-31') > periods.period_end
        and coalesce(periods.has_balances, true)
