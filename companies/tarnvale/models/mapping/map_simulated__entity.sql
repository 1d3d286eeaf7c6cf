-- Grain: one row per entity, the group among them.
select
    entity_id,
    entity_name,
    parent_entity_id,
    currency_code,
    ownership_share,
    is_group,
    not is_group as has_ledger,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__entity') }}
