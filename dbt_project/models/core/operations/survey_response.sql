-- Grain: one row per system and answer of a customer to a survey. Satisfied is the upper quarter of the scale: 4 and 5 of 1 to 5.
with

responses as (
    {{ supplied(
        table='survey_response',
        columns={
            'survey_response_id': 'string',
            'entity_id': 'string',
            'customer_id': 'string',
            'ticket_id': 'string',
            'kind': 'string',
            'score': 'decimal(9, 2)',
            'scale_from': 'decimal(9, 2)',
            'scale_to': 'decimal(9, 2)',
            'answered_on': 'date',
            'answered_at': 'timestamp',
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
        responses.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(
            responses.answered_on,
            {{ business_date('responses.answered_at', 'coalesce(entities.time_zone, group_entity.time_zone)') }}
        ) as business_answered_on
    from responses
    cross join group_entity
    left join entities on responses.entity_id = entities.entity_id
),

calendar as (select * from {{ ref('calendar_day') }})

select
    dated.survey_response_id,
    dated.known_entity_id as entity_id,
    dated.customer_id,
    dated.ticket_id,
    dated.kind,
    dated.score,
    dated.scale_from,
    dated.scale_to,
    dated.kind = 'satisfaction' and 4 * (dated.score - coalesce(dated.scale_from, 1))
    >= 3 * (coalesce(dated.scale_to, 5) - coalesce(dated.scale_from, 1)) as is_satisfied,
    dated.business_answered_on as answered_on,
    calendar.closing_id,
    {{ lineage_columns('dated') }}
from dated
left join calendar on dated.business_answered_on = calendar.date_day and dated.known_entity_id = calendar.entity_id
