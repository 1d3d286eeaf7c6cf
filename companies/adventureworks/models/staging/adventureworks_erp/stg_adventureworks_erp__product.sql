-- Grain: one row per product.
select
    "ProductID" as product_id,
    "Name" as product_name,
    "ProductNumber" as product_number,
    cast("MakeFlag" as boolean) as is_made,
    cast("FinishedGoodsFlag" as boolean) as is_finished_good,
    cast("StandardCost" as decimal(19, 4)) as standard_cost_amount,
    cast("ListPrice" as decimal(19, 4)) as list_price_amount,
    "DaysToManufacture" as days_to_manufacture,
    cast("SellStartDate" as date) as sell_from_on,
    cast("SellEndDate" as date) as sell_to_on,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'product') }}
