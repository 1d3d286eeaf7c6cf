-- Grain: one row per ticket and question that was answered, on the day on which it was delivered.
select
    ticket_id || '-satisfaction' as survey_response_id,
    entity_id,
    customer_id,
    ticket_id,
    'satisfaction' as kind,
    satisfaction_score as score,
    1 as scale_from,
    5 as scale_to,
    entered_on as answered_on,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__ticket') }}
where satisfaction_score is not null
union all
select
    ticket_id || '-recommendation' as survey_response_id,
    entity_id,
    customer_id,
    ticket_id,
    'recommendation' as kind,
    recommendation_score as score,
    0 as scale_from,
    10 as scale_to,
    entered_on as answered_on,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__ticket') }}
where recommendation_score is not null
