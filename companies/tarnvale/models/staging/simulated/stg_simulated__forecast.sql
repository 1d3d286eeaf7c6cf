-- Grain: one row per issue, entity, target period and statement line.
select
    issued_on,
    entity_id,
    period_id,
    horizon_periods,
    line_code,
    method,
    currency_code,
    amount,
    {{ lineage_columns() }}
from {{ source('simulated', 'forecast') }}
