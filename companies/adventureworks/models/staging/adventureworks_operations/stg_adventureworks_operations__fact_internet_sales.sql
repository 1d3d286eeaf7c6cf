-- Grain: one row per line of an internet order.
select
    "ProductKey" as product_key,
    cast("OrderDate" as date) as ordered_on,
    cast("DueDate" as date) as due_on,
    cast("ShipDate" as date) as shipped_on,
    "CustomerKey" as customer_key,
    "PromotionKey" as promotion_key,
    "CurrencyKey" as currency_key,
    "SalesTerritoryKey" as sales_territory_key,
    "SalesOrderNumber" as sales_order_number,
    cast("SalesOrderLineNumber" as integer) as sales_order_line_number,
    cast("OrderQuantity" as integer) as ordered_qty,
    cast("UnitPrice" as decimal(19, 4)) as unit_price,
    cast("ExtendedAmount" as decimal(19, 4)) as extended_amount,
    cast("DiscountAmount" as decimal(19, 4)) as discount_amount,
    cast("TotalProductCost" as decimal(19, 4)) as product_cost_amount,
    cast("SalesAmount" as decimal(19, 4)) as sales_amount,
    cast("TaxAmt" as decimal(19, 4)) as tax_amount,
    cast("Freight" as decimal(19, 4)) as freight_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'fact_internet_sales') }}
