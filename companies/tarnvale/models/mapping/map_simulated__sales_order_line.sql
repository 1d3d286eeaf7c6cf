-- Grain: one row per line of a customer's order that was not cancelled; EUR at the rate of the day of the order.
-- Orders between affiliates are no sales orders of the group. A line has shipped with the shipment that completes it, an order with
-- its last line.
with

orders as (
    select * from {{ ref('stg_simulated__sales_order') }}
    where order_type = 'customer'
),

order_lines as (select * from {{ ref('stg_simulated__sales_order_line') }}),

cancelled as (
    select distinct
        sales_order_id,
        line_number
    from {{ ref('stg_simulated__sales_order_change') }}
    where change_type = 'cancelled'
),

shipments as (
    select
        sales_order_id,
        sales_order_line_number as line_number,
        sum(shipped_qty) as shipped_qty,
        max(shipped_on) as shipped_on
    from {{ ref('stg_simulated__shipment_line') }}
    group by sales_order_id, sales_order_line_number
),

rates as (select * from {{ ref('stg_simulated__exchange_rate') }}),

shipped_lines as (
    select
        order_lines.*,
        case when shipments.shipped_qty >= order_lines.ordered_qty then shipments.shipped_on end as shipped_on
    from order_lines
    left join cancelled
        on order_lines.sales_order_id = cancelled.sales_order_id and order_lines.line_number = cancelled.line_number
    left join shipments
        on order_lines.sales_order_id = shipments.sales_order_id and order_lines.line_number = shipments.line_number
    where cancelled.sales_order_id is null
),

shipped_orders as (
    select
        sales_order_id,
        case when count(*) = count(shipped_on) then max(shipped_on) end as order_shipped_on
    from shipped_lines
    group by sales_order_id
)

select
    cast(lines.sales_order_id as {{ dbt.type_string() }}) as sales_order_number,
    lines.line_number as sales_order_line_number,
    orders.channel,
    orders.customer_id,
    lines.product_key,
    orders.entity_id,
    orders.territory_id as territory_key,
    orders.currency_code as customer_currency_code,
    orders.ordered_on,
    orders.promised_on as due_on,
    lines.shipped_on,
    shipped_orders.order_shipped_on,
    lines.ordered_qty,
    lines.unit_price * rates.end_of_day_rate as unit_price,
    round(lines.discount_amount * rates.end_of_day_rate, 2) + lines.sales_group_amount as gross_amount,
    round(lines.discount_amount * rates.end_of_day_rate, 2) as discount_amount,
    lines.sales_group_amount as sales_amount,
    lines.cost_group_amount as product_cost_amount,
    round(lines.tax_amount * rates.end_of_day_rate, 2) as tax_amount,
    cast(null as decimal(19, 4)) as freight_amount,
    {{ lineage_columns('lines') }}
from shipped_lines as lines
inner join orders on lines.sales_order_id = orders.sales_order_id
inner join shipped_orders on lines.sales_order_id = shipped_orders.sales_order_id
left join rates on orders.currency_code = rates.currency_code and orders.ordered_on = rates.rate_on
