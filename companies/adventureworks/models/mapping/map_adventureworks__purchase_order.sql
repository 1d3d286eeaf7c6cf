-- Grain: one row per purchase order; amounts in US dollars. The whole group's: the source names no entity.
with

orders as (select * from {{ ref('stg_adventureworks_erp__purchase_order_header') }}),

group_entity as (
    select entity_id from {{ ref('entity') }}
    where is_group
)

select
    orders.purchase_order_id,
    group_entity.entity_id,
    orders.vendor_id as supplier_id,
    {{ purchase_order_status('orders.status_code') }} as order_status,
    orders.ordered_on,
    orders.shipped_on,
    orders.subtotal_amount,
    orders.tax_amount,
    orders.freight_amount,
    orders.total_amount,
    {{ lineage_columns('orders') }}
from orders
cross join group_entity
