-- Fails for each side, system, currency and closing whose open items do not add up to what was invoiced and not settled by its end.
with

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

periods as (select * from {{ ref('entity_period') }}),

movements as (
    select
        movements.side,
        movements.source_system,
        movements.currency_code,
        coalesce(entities.entity_id, group_entity.entity_id) as entity_id,
        movements.moved_on,
        sum(movements.amount) as amount
    from {{ ref('open_item_movement') }} as movements
    cross join group_entity
    left join entities on movements.entity_id = entities.entity_id
    group by
        movements.side, movements.source_system, movements.currency_code,
        coalesce(entities.entity_id, group_entity.entity_id), movements.moved_on
),

expected as (
    select
        movements.side,
        movements.source_system,
        movements.currency_code,
        movements.entity_id,
        periods.closing_id,
        sum(movements.amount) as amount
    from movements
    inner join periods
        on movements.entity_id = periods.entity_id and movements.moved_on <= periods.period_end
    group by
        movements.side, movements.source_system, movements.currency_code, movements.entity_id, periods.closing_id
),

found as (
    select side, source_system, currency_code, entity_id, closing_id, sum(open_amount) as amount
    from {{ ref('open_item') }}
    group by side, source_system, currency_code, entity_id, closing_id
)

select
    expected.side,
    expected.source_system,
    expected.currency_code,
    expected.entity_id,
    expected.closing_id,
    expected.amount,
    found.amount as open_amount
from expected
left join found
    on
        expected.side = found.side
        and expected.source_system = found.source_system
        and expected.currency_code = found.currency_code
        and expected.entity_id = found.entity_id
        and expected.closing_id = found.closing_id
where expected.amount <> coalesce(found.amount, 0)
