-- Grain: one row per sales territory, with the entity that keeps its books, and `unknown`.
select
    territory_key,
    territory_id,
    territory_name,
    country_name,
    territory_group,
    entity_id
from {{ ref('territory') }}
