-- Grain: one row per purchase order; amounts in US dollars.
with

orders as (select * from {{ ref('stg_adventureworks_erp__purchase_order_header') }}),

calendar as (select * from {{ ref('calendar_day') }})

select
    orders.purchase_order_id,
    orders.vendor_id as supplier_id,
    {{ purchase_order_status('orders.status_code') }} as order_status,
    orders.ordered_on,
    orders.shipped_on,
    calendar.period_end,
    orders.subtotal_amount,
    orders.tax_amount,
    orders.freight_amount,
    orders.total_amount,
    {{ lineage_columns('orders') }}
from orders
left join calendar on orders.ordered_on = calendar.date_day
