-- Grain: one row per balance that a file states.
select
    kind,
    year_index,
    period as period_code,
    account_number as account_code,
    cost_centre as department_code,
    objects,
    amount,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'balance') }}
