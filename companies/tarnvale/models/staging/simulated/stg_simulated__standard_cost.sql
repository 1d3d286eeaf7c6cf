-- Grain: one row per entity, product and first day.
select
    entity_id,
    product_id,
    valid_from_on,
    valid_to_on,
    currency_code,
    material_cost_amount,
    conversion_cost_amount,
    standard_cost_amount,
    {{ lineage_columns() }}
from {{ source('simulated', 'standard_cost') }}
