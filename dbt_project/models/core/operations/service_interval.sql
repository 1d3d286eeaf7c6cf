-- Grain: one row per system, entity, day and interval of a service desk or call centre: a shift, an hour.
with

intervals as (
    {{ supplied(
        table='service_interval',
        columns={
            'entity_id': 'string',
            'served_on': 'date',
            'service_point_id': 'string',
            'interval_starts_at': 'timestamp',
            'interval_type': 'string',
            'operator_count': 'int',
            'offered_count': 'decimal(19, 4)',
            'answered_in_time_count': 'decimal(19, 4)',
            'abandoned_count': 'decimal(19, 4)',
            'abandoned_share': 'decimal(9, 4)',
            'automatic_count': 'int',
            'order_count': 'int',
            'issue_count': 'int',
            'issue_seconds': 'decimal(19, 4)',
            'average_issue_seconds': 'int',
        },
    ) }}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

placed as (
    select
        intervals.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id
    from intervals
    cross join group_entity
    left join entities on intervals.entity_id = entities.entity_id
),

calendar as (select * from {{ ref('calendar_day') }})

select
    placed.known_entity_id as entity_id,
    placed.served_on,
    placed.service_point_id,
    placed.interval_starts_at,
    placed.interval_type,
    calendar.closing_id,
    placed.operator_count,
    placed.offered_count,
    placed.answered_in_time_count,
    coalesce(placed.abandoned_count, cast(placed.offered_count * placed.abandoned_share as decimal(19, 4)))
        as abandoned_count,
    placed.abandoned_share,
    placed.automatic_count,
    placed.order_count,
    placed.issue_count,
    coalesce(placed.issue_seconds, placed.issue_count * placed.average_issue_seconds) as issue_seconds,
    placed.average_issue_seconds,
    {{ lineage_columns('placed') }}
from placed
left join calendar on placed.served_on = calendar.date_day and placed.known_entity_id = calendar.entity_id
