-- Grain: one row per row of products.
select
    "product" as product_id,
    "name" as product_name,
    "category" as product_category_name,
    {{ lineage_columns() }}
from {{ source('shop', 'products') }}
