-- Grain: one row per system, shipment line and closing at whose end it had left and was not invoiced; at the price of its order line, in
-- the group's currency. An invoice names the shipment (and its line) or the order line. Systems without invoices have none.
{{ config(materialized='view') }}
with

invoices as (select * from {{ ref('customer_invoice_line') }}),

invoiced as (
    select source_system, shipment_id, shipment_line_id, min(invoiced_on) as invoiced_on
    from invoices
    where shipment_id is not null and net_amount >= 0
    group by source_system, shipment_id, shipment_line_id
),

invoiced_orders as (
    select source_system, sales_order_id, sales_order_line_id, min(invoiced_on) as invoiced_on
    from invoices
    where shipment_id is null and sales_order_line_id is not null and net_amount >= 0
    group by source_system, sales_order_id, sales_order_line_id
),

shipments as (
    select
        shipments.source_system,
        shipments.shipment_id,
        shipments.shipment_line_id,
        shipments.shipped_on,
        shipments.shipped_qty,
        order_lines.entity_id,
        {{ in_smallest_unit(
            'cast(order_lines.sales_amount * shipments.shipped_qty'
            ~ ' / nullif(order_lines.ordered_qty, 0) as decimal(38, 6))',
            'order_lines.currency_code'
        ) }} as amount,
        order_lines.currency_code,
        coalesce(by_line.invoiced_on, by_shipment.invoiced_on, invoiced_orders.invoiced_on) as invoiced_on
    from {{ ref('shipment_line') }} as shipments
    inner join {{ ref('sales_order_line') }} as order_lines
        on
            shipments.order_system = order_lines.source_system
            and shipments.sales_order_id = order_lines.sales_order_number
            and shipments.sales_order_line_id = order_lines.sales_order_line_number
    left join invoiced as by_line
        on
            shipments.source_system = by_line.source_system
            and shipments.shipment_id = by_line.shipment_id
            and shipments.shipment_line_id = by_line.shipment_line_id
    left join invoiced as by_shipment
        on
            shipments.source_system = by_shipment.source_system
            and shipments.shipment_id = by_shipment.shipment_id
            and by_shipment.shipment_line_id is null
    left join invoiced_orders
        on
            shipments.source_system = invoiced_orders.source_system
            and shipments.sales_order_id = invoiced_orders.sales_order_id
            and shipments.sales_order_line_id = invoiced_orders.sales_order_line_id
    where shipments.source_system in (select invoices.source_system from invoices)
)

select
    shipments.source_system,
    shipments.shipment_id,
    shipments.shipment_line_id,
    shipments.entity_id,
    periods.closing_id,
    shipments.shipped_on,
    shipments.invoiced_on,
    shipments.shipped_qty,
    shipments.amount,
    shipments.currency_code
from shipments
inner join {{ ref('entity_period') }} as periods
    on
        shipments.entity_id = periods.entity_id
        and shipments.shipped_on <= periods.period_end
        and coalesce(shipments.invoiced_on, date '9999-12-31') > periods.period_end
        and coalesce(periods.has_balances, true)
