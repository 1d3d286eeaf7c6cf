-- Grain: one row per ship method.
select
    "ShipMethodID" as ship_method_key,
    "Name" as ship_method_name,
    cast("ShipBase" as decimal(19, 4)) as base_amount,
    cast("ShipRate" as decimal(19, 4)) as rate_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'ship_method') }}
