-- Grain: one row per product and price validity.
select
    "ProductID" as product_id,
    cast("StartDate" as date) as valid_from_on,
    cast("EndDate" as date) as valid_to_on,
    cast("ListPrice" as decimal(19, 4)) as list_price_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'product_list_price_history') }}
