-- Fails for each ratio that is not its numerator over its denominator, or that shows a value for a denominator of zero.
select
    kpi.kpi_id,
    kpi.entity_id,
    kpi.period_type,
    kpi.period_end,
    kpi.numerator,
    kpi.denominator,
    kpi.value
from {{ ref('kpi_value') }} as kpi
inner join {{ ref('kpi_definition') }} as definition on kpi.kpi_id = definition.kpi_id
where
    definition.additivity = 'ratio'
    and (
        (kpi.denominator = 0 and kpi.value is not null)
        or (kpi.denominator <> 0 and abs(kpi.value - kpi.numerator / kpi.denominator) > 0.000001)
    )
