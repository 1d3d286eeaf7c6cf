-- Grain: one row per entity: those that company.yaml declares, and those that are posted on without being declared.
-- The group is one of them.
with

declared as (select * from {{ source('company', 'entity') }}),

group_entity as (
    select * from declared
    where is_group
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
    declared.is_group,
    declared.has_ledger,
    declared.calendar_id,
    declared.time_zone,
    declared.joined_on,
    declared.left_on,
    true as is_declared
from declared
union all
select
    undeclared.entity_id,
    'Not declared: ' || undeclared.entity_id as entity_name,
    group_entity.entity_id as parent_entity_id,
    group_entity.currency_code,
    false as is_group,
    true as has_ledger,
    group_entity.calendar_id,
    group_entity.time_zone,
    cast(null as date) as joined_on,
    cast(null as date) as left_on,
    false as is_declared
from undeclared
cross join group_entity
