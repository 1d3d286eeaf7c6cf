-- Grain: one row per entity and closing: heads by the ledger's statistical account.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

heads as (
    select balances.*, group_entity.group_entity_id
    from {{ ref('statistical_balance') }} as balances
    cross join group_entity
    where balances.quantity_name = 'headcount'
),

sums as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        closing_id,
        'total' as dimension,
        'total' as member,
        sum(quantity) as headcount
    from heads
    group by {{ measure_sets('closing_id') }}
)

{{ unpivot_measures('heads', 'sums', ['headcount']) }}
