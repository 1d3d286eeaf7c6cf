-- Grain: one row per product and first day.
select
    product_key,
    product_id,
    valid_from_on,
    valid_to_on,
    standard_cost_amount,
    list_price_amount,
    is_current,
    {{ lineage_columns() }}
from {{ source('simulated', 'product_version') }}
