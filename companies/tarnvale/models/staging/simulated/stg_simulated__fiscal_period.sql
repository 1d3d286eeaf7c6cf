-- Grain: one row per entity and period.
select
    entity_id,
    period_id,
    period_type,
    fiscal_year,
    fiscal_period,
    fiscal_quarter,
    starts_on,
    ends_on,
    closed_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'fiscal_period') }}
