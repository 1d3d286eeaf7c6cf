-- Grain: one row per row of orders.
select
    sales_order_id,
    sales_order_line_id,
    entity_id,
    customer_id,
    product_id,
    channel,
    ordered_on,
    promised_on,
    shipped_on,
    ordered_qty,
    unit_price,
    net_amount,
    cost_amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_shop__orders') }}
