-- Grain: one row per product version (a product is versioned when its cost or price changes), and one for what no system knows.
-- A last day before the first one is unusable; such a version then has no last day.
with

versions as (
    {{ supplied(
        table='product',
        columns={
            'product_id': 'string',
            'product_version_id': 'string',
            'product_code': 'string',
            'product_name': 'string',
            'product_subcategory_name': 'string',
            'product_category_name': 'string',
            'unit': 'string',
            'is_finished_good': 'boolean',
            'is_made': 'boolean',
            'standard_cost_amount': 'decimal(38, 6)',
            'list_price_amount': 'decimal(38, 6)',
            'currency_code': 'string',
            'safety_stock_qty': 'decimal(38, 6)',
            'reorder_point_qty': 'decimal(38, 6)',
            'valid_from': 'date',
            'valid_to': 'date',
            'is_current': 'boolean',
        },
    ) }}
),

known as (
    select
        {{ system_key('source_system', 'coalesce(product_version_id, product_id)') }} as product_key,
        coalesce(product_version_id, product_id) as product_version_id,
        coalesce(product_id, product_code, product_version_id) as product_id,
        product_code as product_number,
        product_name,
        product_subcategory_name,
        coalesce(product_category_name, 'Not sold') as product_category_name,
        unit,
        is_finished_good,
        is_made,
        standard_cost_amount,
        list_price_amount,
        currency_code,
        safety_stock_qty,
        reorder_point_qty,
        valid_from as valid_from_on,
        case when valid_to >= valid_from then valid_to end as valid_to_on,
        valid_to as source_valid_to_on,
        coalesce(valid_to < valid_from, false) as is_validity_reversed,
        coalesce(is_current, product_version_id is null) as is_current,
        {{ lineage_columns() }}
    from versions
)

select * from known
union all
select
    'unknown' as product_key,
    'unknown' as product_version_id,
    'unknown' as product_id,
    cast(null as {{ dbt.type_string() }}) as product_number,
    'Unknown product' as product_name,
    'Unknown product' as product_subcategory_name,
    'Unknown product' as product_category_name,
    cast(null as {{ dbt.type_string() }}) as unit,
    cast(null as boolean) as is_finished_good,
    cast(null as boolean) as is_made,
    cast(null as decimal(38, 6)) as standard_cost_amount,
    cast(null as decimal(38, 6)) as list_price_amount,
    cast(null as {{ dbt.type_string() }}) as currency_code,
    cast(null as decimal(38, 6)) as safety_stock_qty,
    cast(null as decimal(38, 6)) as reorder_point_qty,
    cast(null as date) as valid_from_on,
    cast(null as date) as valid_to_on,
    cast(null as date) as source_valid_to_on,
    false as is_validity_reversed,
    false as is_current,
    {{ no_lineage('product') }}
