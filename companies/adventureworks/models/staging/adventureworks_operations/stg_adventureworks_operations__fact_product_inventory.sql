-- Grain: one row per product version and day.
select
    "ProductKey" as product_key,
    cast("MovementDate" as date) as balance_on,
    cast("UnitCost" as decimal(19, 4)) as unit_cost_amount,
    cast("UnitsIn" as integer) as received_qty,
    cast("UnitsOut" as integer) as issued_qty,
    cast("UnitsBalance" as integer) as balance_qty,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'fact_product_inventory') }}
