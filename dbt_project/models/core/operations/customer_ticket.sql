-- Grain: one row per request to customer service, in the period in which it was recorded; times are UTC.
with

tickets as (
    {{ supplied(
        table='customer_ticket',
        columns={
            'ticket_id': 'string',
            'entity_id': 'string',
            'customer_id': 'string',
            'category': 'string',
            'priority': 'string',
            'opened_at': 'timestamp',
            'first_response_at': 'timestamp',
            'resolved_at': 'timestamp',
            'satisfaction_score': 'int',
            'recommendation_score': 'int',
            'recorded_on': 'date',
        },
    ) }}
),

calendar as (select * from {{ ref('calendar_day') }})

select
    tickets.ticket_id,
    tickets.entity_id,
    tickets.customer_id,
    tickets.category,
    tickets.priority,
    tickets.opened_at,
    tickets.first_response_at,
    tickets.resolved_at,
    tickets.satisfaction_score,
    tickets.recommendation_score,
    tickets.recorded_on,
    calendar.closing_id,
    {{ lineage_columns('tickets') }}
from tickets
left join calendar on tickets.recorded_on = calendar.date_day and tickets.entity_id = calendar.entity_id
