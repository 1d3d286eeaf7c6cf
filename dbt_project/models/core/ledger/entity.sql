-- Grain: one row per entity: those that company.yaml declares, and those that are posted on without being declared.
-- The group is one of them. `ownership_share` is the direct share that holds last; core.ownership has the history.
with

declared as (select * from {{ source('company', 'entity') }}),

group_entity as (
    select * from declared
    where is_group
),

shares as (
    select
        entity_id,
        share,
        row_number() over (partition by entity_id order by valid_from desc, share desc) as newest
    from {{ source('company', 'ownership') }}
),

undeclared as (
    select distinct posted.entity_id
    from {{ ref('dated_posting') }} as posted
    left join declared on posted.entity_id = declared.entity_id
    where declared.entity_id is null and posted.entity_id is not null
)

select
    declared.entity_id,
    declared.entity_name,
    declared.parent_entity_id,
    declared.currency_code,
    cast(case when declared.is_group then 1 else shares.share end as decimal(9, 4)) as ownership_share,
    declared.is_group,
    declared.has_ledger,
    declared.calendar_id,
    declared.time_zone,
    declared.joined_on,
    declared.left_on,
    true as is_declared
from declared
left join shares on declared.entity_id = shares.entity_id and shares.newest = 1
union all
select
    undeclared.entity_id,
    'Not declared: ' || undeclared.entity_id as entity_name,
    group_entity.entity_id as parent_entity_id,
    group_entity.currency_code,
    cast(1 as decimal(9, 4)) as ownership_share,
    false as is_group,
    true as has_ledger,
    group_entity.calendar_id,
    group_entity.time_zone,
    cast(null as date) as joined_on,
    cast(null as date) as left_on,
    false as is_declared
from undeclared
cross join group_entity
