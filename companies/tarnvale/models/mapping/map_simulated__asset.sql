-- Grain: one row per asset, in the currency of its entity.
select
    assets.asset_id,
    assets.entity_id,
    assets.asset_id as asset_name,
    assets.account_code as asset_class,
    assets.acquired_on,
    assets.disposed_on,
    assets.cost_amount,
    entities.currency_code,
    {{ lineage_columns('assets') }}
from {{ ref('stg_simulated__asset') }} as assets
left join {{ ref('stg_simulated__entity') }} as entities on assets.entity_id = entities.entity_id
