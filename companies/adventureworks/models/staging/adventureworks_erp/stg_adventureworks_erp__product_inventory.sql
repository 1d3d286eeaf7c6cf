-- Grain: one row per product, location and bin.
select
    "ProductID" as product_id,
    "LocationID" as location_key,
    "Shelf" as shelf_code,
    "Bin" as bin_code,
    cast("Quantity" as decimal(19, 4)) as counted_qty,
    cast("ModifiedDate" as timestamp) as counted_at,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'product_inventory') }}
