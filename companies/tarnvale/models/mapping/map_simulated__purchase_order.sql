-- Grain: one row per purchase order. The source states no totals; complete is what a receipt came for.
with

orders as (select * from {{ ref('stg_simulated__purchase_order') }}),

receipts as (
    select
        purchase_order_id,
        max(shipped_on) as shipped_on
    from {{ ref('stg_simulated__goods_receipt_line') }}
    group by purchase_order_id
)

select
    orders.purchase_order_id,
    orders.entity_id,
    orders.supplier_id,
    case when receipts.purchase_order_id is null then 'approved' else 'complete' end as order_status,
    orders.ordered_on,
    receipts.shipped_on,
    cast(null as decimal(19, 4)) as subtotal_amount,
    cast(null as decimal(19, 4)) as tax_amount,
    cast(null as decimal(19, 4)) as freight_amount,
    cast(null as decimal(19, 4)) as total_amount,
    {{ lineage_columns('orders') }}
from orders
left join receipts on orders.purchase_order_id = receipts.purchase_order_id
