-- Grain: one row per product subcategory.
select
    "ProductSubcategoryKey" as product_subcategory_key,
    "EnglishProductSubcategoryName" as product_subcategory_name,
    "ProductCategoryKey" as product_category_key,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_product_subcategory') }}
