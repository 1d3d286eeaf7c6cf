-- Grain: one row per fiscal year of a file; 0 is the file's own.
select
    year_index,
    first_day,
    last_day,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'fiscal_year') }}
