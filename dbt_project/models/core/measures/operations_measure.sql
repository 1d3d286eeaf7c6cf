-- Grain: one row per measure, entity, closing, dimension and member, complete: a period that the source covers and
-- that has nothing is there as 0. Amounts in the group's currency. The measures are those of the dictionary's measures.yaml.
with

observed as (
    {%- for subject in ['sales', 'fulfilment', 'open', 'target', 'stock', 'purchases', 'service', 'headcount'] %}
        select source_name, measure_id, entity_id, closing_id, dimension, member, amount, is_partial
        from {{ ref('measure_' ~ subject) }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

coverage as (select * from {{ ref('source_coverage') }}),

series as (
    select distinct source_name, measure_id, entity_id, dimension, member
    from observed
),

-- What a source says of a period, even if only in total: a balance that nobody took is no balance of 0.
observed_totals as (
    select measure_id, entity_id, closing_id, is_partial
    from observed
    where dimension = 'total'
),

complete as (
    select
        series.measure_id,
        series.entity_id,
        coverage.closing_id,
        series.dimension,
        series.member,
        coverage.is_partial or coalesce(observed.is_partial, totals.is_partial, false) as is_partial,
        coalesce(observed.amount, 0) as amount
    from series
    inner join coverage
        on
            series.source_name = coverage.source_name
            and series.entity_id = coverage.entity_id
            and series.dimension = coverage.dimension
            and series.member = coverage.member
    left join observed
        on
            series.measure_id = observed.measure_id
            and series.entity_id = observed.entity_id
            and series.dimension = observed.dimension
            and series.member = observed.member
            and coverage.closing_id = observed.closing_id
    left join observed_totals as totals
        on
            series.measure_id = totals.measure_id
            and series.entity_id = totals.entity_id
            and coverage.closing_id = totals.closing_id
    where series.source_name <> 'stock' or totals.measure_id is not null
)

select measure_id, entity_id, closing_id, dimension, member, is_partial, cast(amount as decimal(38, 6)) as amount
from complete
union all
select measure_id, entity_id, closing_id, dimension, member, false as is_partial, amount
from observed
where source_name = 'heads'
