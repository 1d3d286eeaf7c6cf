-- Grain: one row per product and cost validity.
select
    "ProductID" as product_id,
    cast("StartDate" as date) as valid_from_on,
    cast("EndDate" as date) as valid_to_on,
    cast("StandardCost" as decimal(19, 4)) as standard_cost_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'product_cost_history') }}
