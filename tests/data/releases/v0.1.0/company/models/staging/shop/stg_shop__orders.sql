-- Grain: one row per row of orders.
select
    "order" as sales_order_id,
    "line" as sales_order_line_id,
    "entity" as entity_id,
    "customer" as customer_id,
    "product" as product_id,
    "channel" as channel,
    "ordered" as ordered_on,
    "promised" as promised_on,
    "shipped" as shipped_on,
    "quantity" as ordered_qty,
    "price" as unit_price,
    "net" as net_amount,
    "cost" as cost_amount,
    "currency" as currency_code,
    {{ lineage_columns() }}
from {{ source('shop', 'orders') }}
