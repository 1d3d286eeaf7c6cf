-- Grain: one row per product version (a product is versioned when its cost or price changes).
with

versions as (select * from {{ ref('stg_adventureworks_operations__dim_product') }}),

subcategories as (select * from {{ ref('stg_adventureworks_operations__dim_product_subcategory') }}),

categories as (select * from {{ ref('stg_adventureworks_operations__dim_product_category') }}),

erp_products as (select * from {{ ref('stg_adventureworks_erp__product') }})

select
    versions.product_key as product_version_id,
    versions.product_number as product_code,
    erp_products.product_id,
    versions.product_name,
    subcategories.product_subcategory_name,
    categories.product_category_name,
    versions.is_finished_good,
    erp_products.is_made,
    versions.standard_cost_amount,
    versions.list_price_amount,
    'USD' as currency_code,
    versions.safety_stock_qty,
    versions.reorder_point_qty,
    versions.valid_from_on as valid_from,
    versions.valid_to_on as valid_to,
    coalesce(versions.product_status = 'Current', false) as is_current,
    {{ lineage_columns('versions') }}
from versions
left join subcategories on versions.product_subcategory_key = subcategories.product_subcategory_key
left join categories on subcategories.product_category_key = categories.product_category_key
left join erp_products on versions.product_number = erp_products.product_number
