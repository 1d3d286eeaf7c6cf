-- Grain: one row per KPI.
with

definitions as (select * from {{ source('dictionary', 'definition') }}),

sourced as (select distinct kpi_id from {{ ref('kpi_value') }})

select
    definitions.kpi_id,
    definitions.kpi_name,
    definitions.area,
    definitions.description,
    definitions.formula,
    definitions.unit,
    definitions.polarity,
    definitions.additivity,
    definitions.default_period_type,
    definitions.period_types,
    definitions.source_standard,
    definitions.owner,
    definitions.audience,
    definitions.notes,
    definitions.caveat,
    sourced.kpi_id is not null as has_source
from definitions
left join sourced on definitions.kpi_id = sourced.kpi_id
