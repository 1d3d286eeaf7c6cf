{{ config(materialized='view') }}
-- Grain: one row per entity; the group is the one with is_group. `ownership_share` is the group's effective share at the end of the last
-- closing: direct shares multiplied along each way from the group down to the entity, and the ways added up.
{% set most_levels = 20 %}
with recursive

entities as (select * from {{ ref('entity') }}),

last_closing as (
    select coalesce(max(period_end), date '9999-12-31') as closed_on from {{ ref('closing') }}
    where closing_type = 'regular'
),

shares as (
    select
        shares.entity_id,
        shares.owner_entity_id,
        shares.share,
        row_number() over (
            partition by shares.entity_id, shares.owner_entity_id order by shares.valid_from desc, shares.share desc
        ) as age
    from {{ source('company', 'ownership') }} as shares
    inner join last_closing on shares.valid_from <= last_closing.closed_on
),

ways as (
    select
        shares.entity_id,
        cast(shares.share as decimal(38, 16)) as share,
        1 as level
    from shares
    inner join entities on shares.owner_entity_id = entities.entity_id and entities.is_group
    where shares.age = 1
    union all
    select
        shares.entity_id,
        cast(cast(ways.share as decimal(38, 12)) * shares.share as decimal(38, 16)) as share,
        ways.level + 1 as level
    from ways
    inner join shares on ways.entity_id = shares.owner_entity_id
    where shares.age = 1 and ways.level < {{ most_levels }}
),

effective as (
    select entity_id, sum(share) as share
    from ways
    group by entity_id
)

select
    entities.entity_id,
    entities.entity_name,
    entities.parent_entity_id,
    entities.currency_code,
    cast(case when entities.is_group or not entities.is_declared then 1 else effective.share end as decimal(9, 4))
        as ownership_share,
    entities.is_group,
    entities.has_ledger
from entities
left join effective on entities.entity_id = effective.entity_id
