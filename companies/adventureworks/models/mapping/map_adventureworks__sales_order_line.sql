-- Grain: one row per line of a sales order of either channel; amounts in US dollars.
-- The sources' currency names the customer's currency only: a product's price is the same number in every currency.
with

lines as (
    select
        'reseller' as channel,
        'R' || reseller_key as customer_id,
        {{ sales_order_columns() }}
    from {{ ref('stg_adventureworks_operations__fact_reseller_sales') }}
    union all
    select
        'internet' as channel,
        'C' || customer_key as customer_id,
        {{ sales_order_columns() }}
    from {{ ref('stg_adventureworks_operations__fact_internet_sales') }}
),

territories as (select * from {{ ref('map_adventureworks__territory') }}),

currencies as (select * from {{ ref('stg_adventureworks_finance__dim_currency') }})

select
    lines.sales_order_number as sales_order_id,
    lines.sales_order_line_number as sales_order_line_id,
    lines.channel,
    lines.customer_id,
    lines.product_key as product_version_id,
    territories.entity_id,
    lines.sales_territory_key as territory_id,
    currencies.currency_code as customer_currency_code,
    lines.ordered_on,
    lines.due_on as first_promised_on,
    lines.shipped_on,
    lines.ordered_qty,
    lines.unit_price,
    lines.gross_amount,
    lines.discount_amount,
    lines.sales_amount as net_amount,
    lines.tax_amount,
    lines.freight_amount,
    'USD' as currency_code,
    lines.product_cost_amount as cost_amount,
    'USD' as cost_currency_code,
    {{ lineage_columns('lines') }}
from lines
left join territories on lines.sales_territory_key = territories.territory_id
left join currencies on lines.currency_key = currencies.currency_key
