-- Grain: one row per version of a product (a product is versioned when its cost or price changes).
select
    "ProductKey" as product_key,
    "ProductAlternateKey" as product_number,
    "ProductSubcategoryKey" as product_subcategory_key,
    "EnglishProductName" as product_name,
    cast("StandardCost" as decimal(19, 4)) as standard_cost_amount,
    "FinishedGoodsFlag" as is_finished_good,
    cast("SafetyStockLevel" as integer) as safety_stock_qty,
    cast("ReorderPoint" as integer) as reorder_point_qty,
    cast("ListPrice" as decimal(19, 4)) as list_price_amount,
    "DaysToManufacture" as days_to_manufacture,
    "ModelName" as model_name,
    cast("StartDate" as date) as valid_from_on,
    cast("EndDate" as date) as valid_to_on,
    "Status" as product_status,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_product') }}
