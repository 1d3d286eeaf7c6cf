-- Grain: one row per KPI, entity, period type, period, scenario, dimension and member.
-- The dictionary's terms say what is summed; nothing about a KPI is written here. A KPI has a value where every one of
-- its terms has data, up to the period's last closing; a ratio is the sum of numerators over the sum of denominators. `reason` says
-- why a value is missing: a denominator outside its domain, a window that the entity does not fill, amounts in two currencies, a
-- measure without data. An actual total has a row in each period of its entity once some of its terms has data in one of them; what
-- nobody has in any period has no source, and no row.
with

definitions as (select * from {{ source('dictionary', 'definition') }}),

terms as (select * from {{ source('dictionary', 'term') }}),

kpi_periods as (select * from {{ source('dictionary', 'kpi_period') }}),

measures as (select * from {{ ref('measure_value') }}),

windows as (select * from {{ ref('period_window') }}),

anchors as (
    select distinct
        period_type,
        period_end,
        anchor_closing_id
    from windows
),

entity_days as (
    select
        entity_periods.entity_id,
        windows.period_type,
        windows.period_end,
        sum(entity_periods.days_in_period) as days_in_window
    from windows
    inner join {{ ref('entity_period') }} as entity_periods on windows.closing_id = entity_periods.closing_id
    where windows.over_window = 'flow' and windows.is_counted
    group by entity_periods.entity_id, windows.period_type, windows.period_end
),

needed as (
    select distinct
        measure_id,
        over_window
    from terms
    where measure_id is not null
),

-- A window of a flow is there when its last closing has a total. A member that has none there (its system has not delivered
-- yet) keeps what it had before, so that the members of the window add up to its total.
anchored as (
    select distinct
        measures.measure_id,
        measures.entity_id,
        measures.scenario,
        measures.closing_id
    from measures
    where measures.dimension = 'total'
),

windowed as (
    select
        measures.measure_id,
        windows.over_window,
        measures.entity_id,
        windows.period_type,
        windows.period_start,
        windows.period_end,
        measures.scenario,
        measures.dimension,
        measures.member,
        max(measures.currency_code) as currency_code,
        case
            when windows.over_window = 'average'
                then cast(sum(measures.amount) / count(*) as decimal(38, 6))
            else sum(measures.amount)
        end as amount,
        coalesce(max(case when measures.is_partial then 1 else 0 end), 0) = 1
        or sum(case when windows.is_counted then 1 else 0 end) < max(windows.expected_count) as is_partial,
        windows.over_window = 'flow'
        and sum(case when windows.is_counted then 1 else 0 end) < max(windows.expected_count) as is_unfilled
    from measures
    inner join needed on measures.measure_id = needed.measure_id
    inner join windows on measures.closing_id = windows.closing_id and needed.over_window = windows.over_window
    left join anchored
        on
            measures.measure_id = anchored.measure_id
            and measures.entity_id = anchored.entity_id
            and measures.scenario = anchored.scenario
            and windows.anchor_closing_id = anchored.closing_id
    group by
        measures.measure_id, windows.over_window, measures.entity_id, windows.period_type, windows.period_start,
        windows.period_end, measures.scenario, measures.dimension, measures.member
    having
        windows.over_window = 'opening'
        or max(case when measures.closing_id = windows.anchor_closing_id then 1 else 0 end) = 1
        or (windows.over_window = 'flow' and measures.dimension <> 'total' and max(anchored.closing_id) is not null)
),

term_counts as (
    select
        kpi_id,
        count(*) as term_count
    from terms
    group by kpi_id
),

term_values as (
    select
        terms.kpi_id,
        terms.role,
        windowed.entity_id,
        windowed.period_type,
        windowed.period_start,
        windowed.period_end,
        case when terms.scenario is null then windowed.scenario else 'actual' end as scenario,
        windowed.dimension,
        windowed.member,
        windowed.currency_code,
        windowed.is_partial,
        windowed.is_unfilled,
        terms.is_times_days,
        cast(
            windowed.amount * terms.weight * case when terms.is_times_days then entity_days.days_in_window else 1 end
            as decimal(38, 6)
        ) as amount
    from terms
    inner join windowed
        on
            terms.measure_id = windowed.measure_id
            and terms.over_window = windowed.over_window
            and coalesce(terms.scenario, windowed.scenario) = windowed.scenario
    left join entity_days
        on
            windowed.entity_id = entity_days.entity_id
            and windowed.period_type = entity_days.period_type
            and windowed.period_end = entity_days.period_end
),

summed as (
    select
        kpi_id,
        entity_id,
        period_type,
        period_start,
        period_end,
        scenario,
        dimension,
        member,
        max(currency_code) as currency_code,
        coalesce(min(currency_code) <> max(currency_code), false) as is_mixed,
        max(case when is_partial then 1 else 0 end) = 1 as is_partial,
        max(case when is_unfilled then 1 else 0 end) = 1 and max(case when is_times_days then 1 else 0 end) = 1
            as is_unfilled,
        count(*) as found_count,
        sum(case when role = 'numerator' then amount end) as numerator,
        sum(case when role = 'denominator' then amount end) as denominator
    from term_values
    group by kpi_id, entity_id, period_type, period_start, period_end, scenario, dimension, member
),

-- What a ratio is asked of must be as its definition says: above zero, and not below the smallest number that it means something for.
judged as (
    select
        summed.*,
        definitions.additivity,
        definitions.unit,
        case
            when summed.is_mixed then 'its amounts are in two currencies'
            when definitions.additivity <> 'ratio' then null
            when summed.is_unfilled then 'the entity does not fill the window'
            when summed.denominator = 0 then 'denominator is zero'
            when summed.denominator < 0 and definitions.denominator_domain = 'positive' then 'denominator is negative'
            when abs(summed.denominator) < definitions.denominator_minimum then 'denominator is below its minimum'
        end as reason
    from summed
    inner join definitions on summed.kpi_id = definitions.kpi_id
),

computed as (
    select
        summed.kpi_id,
        summed.entity_id,
        summed.period_type,
        summed.period_start,
        summed.period_end,
        summed.scenario,
        summed.dimension,
        summed.member,
        summed.numerator,
        summed.denominator,
        case
            when summed.reason is not null then null
            when summed.additivity = 'ratio'
                then cast(summed.numerator / nullif(summed.denominator, 0) as decimal(38, 10))
            else cast(summed.numerator as decimal(38, 10))
        end as value,
        summed.is_partial,
        case when summed.unit = 'currency' then summed.currency_code end as currency_code,
        summed.reason
    from judged as summed
    inner join term_counts on summed.kpi_id = term_counts.kpi_id and summed.found_count = term_counts.term_count
    inner join kpi_periods on summed.kpi_id = kpi_periods.kpi_id and summed.period_type = kpi_periods.period_type
),

expected as (
    select
        started.kpi_id,
        started.entity_id,
        periods.period_type,
        periods.period_start,
        periods.period_end
    from (
        select distinct
            summed.kpi_id,
            summed.entity_id
        from summed
        inner join (select distinct kpi_id from computed) as carried on summed.kpi_id = carried.kpi_id
        where summed.dimension = 'total' and summed.scenario = 'actual'
    ) as started
    inner join (
        select distinct
            entity_id,
            period_type,
            period_start,
            period_end
        from windowed
        where dimension = 'total' and scenario = 'actual'
    ) as periods on started.entity_id = periods.entity_id
    inner join kpi_periods on started.kpi_id = kpi_periods.kpi_id and periods.period_type = kpi_periods.period_type
),

lacking as (
    select
        expected.kpi_id,
        expected.entity_id,
        expected.period_type,
        expected.period_start,
        expected.period_end,
        'actual' as scenario,
        'total' as dimension,
        'total' as member,
        cast(null as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        cast(null as decimal(38, 10)) as value,
        false as is_partial,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        'no data of ' || string_agg(distinct terms.named, ', ' order by terms.named) as reason
    from expected
    inner join (
        select
            *,
            measure_id || case
                when coalesce(scenario, 'actual') <> 'actual' then ' (' || scenario || ')'
                when over_window = 'opening' then ' before the window'
                else ''
            end as named
        from terms
    ) as terms on expected.kpi_id = terms.kpi_id
    left join windowed
        on
            terms.measure_id = windowed.measure_id
            and terms.over_window = windowed.over_window
            and expected.entity_id = windowed.entity_id
            and expected.period_type = windowed.period_type
            and expected.period_end = windowed.period_end
            and coalesce(terms.scenario, 'actual') = windowed.scenario
            and windowed.dimension = 'total'
    where terms.measure_id is not null and windowed.measure_id is null
    group by
        expected.kpi_id, expected.entity_id, expected.period_type, expected.period_start, expected.period_end
),

given as (
    select * from computed
    union all
    select * from lacking
),

composite as (
    select
        terms.kpi_id,
        given.entity_id,
        given.period_type,
        given.period_start,
        given.period_end,
        given.scenario,
        given.dimension,
        given.member,
        cast(null as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        case
            when count(given.value) = term_counts.term_count
                then cast(sum(terms.weight * given.value) as decimal(38, 10))
        end as value,
        max(case when given.is_partial then 1 else 0 end) = 1 as is_partial,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        case when count(given.value) < term_counts.term_count then 'a component has no value' end as reason
    from terms
    inner join given on terms.component_kpi_id = given.kpi_id
    inner join term_counts on terms.kpi_id = term_counts.kpi_id
    where terms.role = 'component'
    group by
        terms.kpi_id, given.entity_id, given.period_type, given.period_start, given.period_end,
        given.scenario, given.dimension, given.member, term_counts.term_count
    having count(*) = term_counts.term_count
),

final as (
    select * from given
    union all
    select * from composite
)
select
    final.kpi_id,
    final.entity_id,
    final.period_type,
    final.period_start,
    final.period_end,
    anchors.anchor_closing_id as closing_id,
    final.scenario,
    final.dimension,
    final.member,
    final.numerator,
    final.denominator,
    final.value,
    final.is_partial,
    final.currency_code,
    final.reason,
    cast(entity_days.days_in_window as {{ dbt.type_int() }}) as day_count
from final
left join anchors on final.period_type = anchors.period_type and final.period_end = anchors.period_end
left join entity_days
    on
        final.entity_id = entity_days.entity_id
        and final.period_type = entity_days.period_type
        and final.period_end = entity_days.period_end
