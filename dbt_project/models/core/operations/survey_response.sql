-- Grain: one row per system and answer of a customer to a survey: `satisfaction` on a scale from 1 to `scale`, satisfied from four
-- fifths of it on; `recommendation` from 0 to 10.
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
            'scale': 'decimal(9, 2)',
            'responded_on': 'date',
            'responded_at': 'timestamp',
        },
    ) }}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (select * from entities where is_group),

dated as (
    select
        responses.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(
            responses.responded_on,
            {{ business_date('responses.responded_at', 'coalesce(entities.time_zone, group_entity.time_zone)') }}
        ) as business_responded_on
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
    dated.scale,
    dated.kind = 'satisfaction' and dated.score >= 0.8 * coalesce(dated.scale, 5) as is_satisfied,
    dated.business_responded_on as responded_on,
    calendar.closing_id,
    {{ lineage_columns('dated') }}
from dated
left join calendar on dated.business_responded_on = calendar.date_day and dated.known_entity_id = calendar.entity_id
