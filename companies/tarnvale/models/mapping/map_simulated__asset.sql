-- Grain: one row per asset.
select
    asset_id,
    entity_id,
    account_code as asset_class,
    acquired_on,
    disposed_on,
    cost_amount,
    life_months as useful_life_months,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__asset') }}
