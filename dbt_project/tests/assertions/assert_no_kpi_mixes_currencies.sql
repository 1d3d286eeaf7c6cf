-- Fails for each KPI whose terms are in several currencies: the group's beside the entity's would be added, or divided, as one.
select
    terms.kpi_id,
    measures.entity_id,
    min(measures.currency_code) as currency_code,
    max(measures.currency_code) as other_currency_code
from {{ ref('measure_value') }} as measures
inner join {{ source('dictionary', 'term') }} as terms on measures.measure_id = terms.measure_id
where measures.currency_code is not null
group by terms.kpi_id, measures.entity_id
having count(distinct measures.currency_code) > 1
