-- Grain: one row per product version (a product is versioned when its cost or price changes).
-- A last day before the first one is unusable; such a version then has no last day.
with

versions as (
    {{ supplied(
        table='product',
        columns={
            'product_key': 'int',
            'product_number': 'string',
            'product_id': 'string',
            'product_name': 'string',
            'product_subcategory_name': 'string',
            'product_category_name': 'string',
            'is_finished_good': 'boolean',
            'is_made': 'boolean',
            'standard_cost_amount': 'decimal(19, 4)',
            'list_price_amount': 'decimal(19, 4)',
            'safety_stock_qty': 'int',
            'reorder_point_qty': 'int',
            'valid_from_on': 'date',
            'source_valid_to_on': 'date',
            'is_current': 'boolean',
        },
    ) }}
)

select
    product_key,
    product_number,
    product_id,
    product_name,
    product_subcategory_name,
    coalesce(product_category_name, 'Not sold') as product_category_name,
    is_finished_good,
    is_made,
    standard_cost_amount,
    list_price_amount,
    safety_stock_qty,
    reorder_point_qty,
    valid_from_on,
    case when source_valid_to_on >= valid_from_on then source_valid_to_on end as valid_to_on,
    source_valid_to_on,
    coalesce(source_valid_to_on < valid_from_on, false) as is_validity_reversed,
    is_current,
    {{ lineage_columns() }}
from versions
