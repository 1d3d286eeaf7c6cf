-- Grain: one row per row of customers.
select
    "customer" as customer_id,
    "name" as customer_name,
    "country" as country_name,
    {{ lineage_columns() }}
from {{ source('shop', 'customers') }}
