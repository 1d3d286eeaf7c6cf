-- Grain: one row per product category.
select
    "ProductCategoryKey" as product_category_key,
    "EnglishProductCategoryName" as product_category_name,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_product_category') }}
