{{ config(materialized='view') }}
-- Grain: one row per entity; the group is the one with is_group, AW-00 stands for what no ledger covers.
select
    entity_id,
    entity_name,
    parent_entity_id,
    currency_code,
    ownership_share,
    is_group,
    has_ledger
from {{ ref('entity') }}
