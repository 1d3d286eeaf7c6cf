-- Grain: one row per site, product and day, in the currency of the site's entity.
select
    entity_id,
    site_id,
    product_id as stock_item_id,
    product_id,
    product_key as product_version_id,
    balance_on,
    received_qty,
    issued_qty,
    balance_qty,
    unit_cost_amount as unit_cost,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__stock_balance') }}
