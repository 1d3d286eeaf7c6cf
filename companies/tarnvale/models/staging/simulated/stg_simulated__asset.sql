-- Grain: one row per asset.
select
    asset_id,
    entity_id,
    account_code,
    department_code,
    acquired_on,
    cost_amount,
    life_months,
    disposed_on,
    proceeds_amount,
    {{ lineage_columns() }}
from {{ source('simulated', 'asset') }}
