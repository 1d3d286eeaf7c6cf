-- Grain: one row per line of a customer's order. Orders between affiliates are no sales orders of the group.
-- Costs are standard costs of the entity that sells, in its currency.
with

orders as (
    select * from {{ ref('stg_simulated__sales_order') }}
    where order_type = 'customer'
),

order_lines as (select * from {{ ref('stg_simulated__sales_order_line') }}),

cancelled as (
    select sales_order_id, line_number, min(changed_on) as cancelled_on
    from {{ ref('stg_simulated__sales_order_change') }}
    where change_type = 'cancelled'
    group by sales_order_id, line_number
)

select
    lines.sales_order_id,
    lines.line_number as sales_order_line_id,
    orders.channel,
    orders.customer_id,
    lines.product_id,
    lines.product_key as product_version_id,
    orders.entity_id,
    orders.territory_id,
    orders.currency_code as customer_currency_code,
    orders.ordered_on,
    orders.requested_on,
    orders.promised_on as first_promised_on,
    cancelled.cancelled_on,
    lines.ordered_qty,
    lines.unit_price,
    lines.gross_amount,
    lines.discount_amount,
    lines.sales_amount as net_amount,
    lines.tax_amount,
    orders.currency_code,
    lines.ordered_qty * lines.unit_cost as cost_amount,
    entities.currency_code as cost_currency_code,
    {{ lineage_columns('lines') }}
from order_lines as lines
inner join orders on lines.sales_order_id = orders.sales_order_id
left join {{ ref('stg_simulated__entity') }} as entities on orders.entity_id = entities.entity_id
left join cancelled on lines.sales_order_id = cancelled.sales_order_id and lines.line_number = cancelled.line_number
