-- Grain: one row per line of a file's header.
select
    label,
    value,
    fields,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'company') }}
