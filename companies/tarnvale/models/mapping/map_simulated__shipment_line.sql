-- Grain: one row per line of a shipment to a customer; what is shipped between affiliates is no sales order of the group.
select
    shipment_id,
    line_number as shipment_line_id,
    sales_order_id,
    sales_order_line_number as sales_order_line_id,
    entity_id,
    site_id,
    product_id,
    shipped_on,
    delivered_on,
    shipped_qty,
    cost_amount,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__shipment_line') }}
where
    sales_order_id in (
        select orders.sales_order_id from {{ ref('stg_simulated__sales_order') }} as orders
        where orders.order_type = 'customer'
    )
