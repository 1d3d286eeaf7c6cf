-- Grain: one row per row of customers.
select
    customer_id,
    customer_name,
    country_name,
    {{ lineage_columns() }}
from {{ ref('stg_shop__customers') }}
