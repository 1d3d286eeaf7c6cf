-- Grain: one row per entity, product and first day.
select
    entity_id,
    product_id,
    valid_from_on as valid_from,
    standard_cost_amount as unit_cost,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__standard_cost') }}
