-- Grain: one row per target of the leading system and closing, the group's.
select
    'quotas' as source_name,
    targets.target_name as measure_id,
    group_entity.entity_id,
    targets.closing_id,
    'total' as dimension,
    'total' as member,
    cast(sum(targets.amount) as decimal(38, 6)) as amount,
    false as is_partial
from {{ ref('target_line') }} as targets
cross join {{ ref('entity') }} as group_entity
where group_entity.is_group and targets.is_leading and targets.closing_id is not null
group by targets.target_name, group_entity.entity_id, targets.closing_id
