-- Grain: one row per system and request to customer service, by the business date of its entity; times are UTC.
with

tickets as (
    {{ supplied(
        table='ticket',
        columns={
            'ticket_id': 'string',
            'entity_id': 'string',
            'customer_id': 'string',
            'channel': 'string',
            'category': 'string',
            'priority': 'string',
            'created_at': 'timestamp',
            'first_response_at': 'timestamp',
            'resolved_at': 'timestamp',
        },
    ) }}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

dated as (
    select
        tickets.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        {{ business_date('tickets.created_at', 'coalesce(entities.time_zone, group_entity.time_zone)') }} as created_on
    from tickets
    cross join group_entity
    left join entities on tickets.entity_id = entities.entity_id
),

calendar as (select * from {{ ref('calendar_day') }})

select
    dated.ticket_id,
    dated.known_entity_id as entity_id,
    dated.customer_id,
    dated.channel,
    dated.category,
    dated.priority,
    dated.created_at,
    dated.first_response_at,
    dated.resolved_at,
    dated.created_on,
    calendar.closing_id,
    {{ lineage_columns('dated') }}
from dated
left join calendar on dated.created_on = calendar.date_day and dated.known_entity_id = calendar.entity_id
