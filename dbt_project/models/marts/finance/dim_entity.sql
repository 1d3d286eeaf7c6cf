{{ config(materialized='view') }}
-- Grain: one row per entity; the group is the one with is_group.
select
    entity_id,
    entity_name,
    parent_entity_id,
    currency_code,
    ownership_share,
    is_group,
    has_ledger
from {{ ref('entity') }}
