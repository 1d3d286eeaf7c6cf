-- Grain: one row per product version.
with

versions as (select * from {{ ref('stg_simulated__product_version') }}),

products as (select * from {{ ref('stg_simulated__product') }})

select
    versions.product_key,
    versions.product_id as product_number,
    versions.product_id,
    products.product_name,
    products.product_subcategory_name,
    products.product_category_name,
    products.is_finished_good,
    products.is_made,
    versions.standard_cost_amount,
    versions.list_price_amount,
    products.safety_stock_qty,
    products.reorder_point_qty,
    versions.valid_from_on,
    versions.valid_to_on as source_valid_to_on,
    versions.is_current,
    {{ lineage_columns('versions') }}
from versions
left join products on versions.product_id = products.product_id
