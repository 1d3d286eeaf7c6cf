-- Grain: one row per measure of customer service, entity, closing, dimension and member.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

intervals as (
    select intervals.*, group_entity.group_entity_id
    from {{ ref('service_interval') }} as intervals
    cross join group_entity
),

calls as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        closing_id,
        {{ grouped_dimension({'shift': 'service_point_id'}) }},
        sum(offered_count) as call_count,
        sum(abandoned_count) as abandoned_call_count,
        sum(automatic_count) as automatic_response_count,
        sum(issue_count) as service_issue_count,
        sum(issue_seconds) as service_issue_seconds
    from intervals
    group by {{ measure_sets('closing_id', ['service_point_id']) }}
),

responses as (
    select responses.*, group_entity.group_entity_id
    from {{ ref('survey_response') }} as responses
    cross join group_entity
    where responses.kind = 'satisfaction' and responses.score is not null
),

ratings as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        closing_id,
        'total' as dimension,
        'total' as member,
        sum(case when is_satisfied then 1 else 0 end) as satisfied_rating_count,
        count(*) as rating_count
    from responses
    group by {{ measure_sets('closing_id') }}
)

{{ unpivot_measures('service', 'calls', [
    'call_count', 'abandoned_call_count', 'automatic_response_count', 'service_issue_count', 'service_issue_seconds',
]) }}
union all
{{ unpivot_measures('tickets', 'ratings', ['satisfied_rating_count', 'rating_count']) }}
