-- Grain: one row per product version.
select
    versions.product_key as product_version_id,
    versions.product_id as product_code,
    versions.product_id,
    products.product_name,
    products.product_subcategory_name,
    products.product_category_name,
    products.is_finished_good,
    products.is_made,
    versions.standard_cost_amount,
    versions.list_price_amount,
    'EUR' as currency_code,
    products.safety_stock_qty,
    products.reorder_point_qty,
    versions.valid_from_on as valid_from,
    versions.valid_to_on as valid_to,
    versions.is_current,
    {{ lineage_columns('versions') }}
from {{ ref('stg_simulated__product_version') }} as versions
left join {{ ref('stg_simulated__product') }} as products on versions.product_id = products.product_id
