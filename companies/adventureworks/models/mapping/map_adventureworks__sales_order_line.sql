-- Grain: one row per line of a sales order of either channel; amounts in US dollars.
-- The sources' currency names the customer's currency only: a product's price is the same number in every currency.
with

reseller_lines as (
    select
        'reseller' as channel,
        'R' || cast(reseller_key as {{ dbt.type_string() }}) as customer_id,
        {{ sales_order_columns() }}
    from {{ ref('stg_adventureworks_operations__fact_reseller_sales') }}
),

internet_lines as (
    select
        'internet' as channel,
        'C' || cast(customer_key as {{ dbt.type_string() }}) as customer_id,
        {{ sales_order_columns() }}
    from {{ ref('stg_adventureworks_operations__fact_internet_sales') }}
),

lines as (
    select * from reseller_lines
    union all
    select * from internet_lines
),

territories as (select * from {{ ref('territory') }}),

currencies as (select * from {{ ref('stg_adventureworks_finance__dim_currency') }})

select
    lines.sales_order_number,
    lines.sales_order_line_number,
    lines.channel,
    lines.customer_id,
    lines.product_key,
    territories.entity_id,
    lines.sales_territory_key as territory_key,
    currencies.currency_code as customer_currency_code,
    lines.ordered_on,
    lines.due_on,
    lines.shipped_on,
    lines.shipped_on as order_shipped_on,
    lines.ordered_qty,
    lines.unit_price,
    lines.gross_amount,
    lines.discount_amount,
    lines.sales_amount,
    lines.product_cost_amount,
    lines.tax_amount,
    lines.freight_amount,
    {{ lineage_columns('lines') }}
from lines
inner join territories on lines.sales_territory_key = territories.territory_key
inner join currencies on lines.currency_key = currencies.currency_key
