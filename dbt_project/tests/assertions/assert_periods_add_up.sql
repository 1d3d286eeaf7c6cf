-- Fails for each additive KPI whose year is not the sum of its quarters, of as many as its year has.
with

additive as (
    select
        kpi.*,
        closings.fiscal_year
    from {{ ref('kpi_value') }} as kpi
    inner join {{ ref('kpi_definition') }} as definition
        on kpi.kpi_id = definition.kpi_id and definition.additivity = 'additive'
    inner join {{ ref('closing') }} as closings
        on kpi.period_end = closings.period_end and closings.closing_type <> 'year_end_adjustment'
),

years as (
    select * from additive
    where period_type = 'year' and not is_partial and value is not null
),

quarters as (
    select
        kpi_id,
        entity_id,
        fiscal_year,
        scenario,
        dimension,
        member,
        sum(value) as value,
        count(value) as quarter_count
    from additive
    where period_type = 'quarter'
    group by kpi_id, entity_id, fiscal_year, scenario, dimension, member
),

closed_quarters as (
    select
        fiscal_year,
        count(distinct fiscal_quarter) as quarter_count
    from {{ ref('closing') }}
    where closing_type not in ('opening', 'year_end_adjustment')
    group by fiscal_year
)

select
    years.kpi_id,
    years.entity_id,
    years.fiscal_year,
    years.value,
    quarters.value as quarters_value
from years
inner join quarters
    on
        years.kpi_id = quarters.kpi_id
        and years.entity_id = quarters.entity_id
        and years.fiscal_year = quarters.fiscal_year
        and years.scenario = quarters.scenario
        and years.dimension = quarters.dimension
        and years.member = quarters.member
inner join closed_quarters on years.fiscal_year = closed_quarters.fiscal_year
where quarters.quarter_count <> closed_quarters.quarter_count or years.value <> quarters.value
