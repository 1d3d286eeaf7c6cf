-- Grain: one row per row of products.
select
    product_id,
    product_name,
    product_category_name,
    {{ lineage_columns() }}
from {{ ref('stg_shop__products') }}
