-- Grain: one row per ship method.
select
    "ShipMethodID" as ship_method_key,
    "Name" as ship_method_name,
    "ShipBase" as base_amount,
    "ShipRate" as rate_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'ship_method') }}
