-- Grain: one row per dimension and per object of one.
select
    kind,
    dimension,
    parent_dimension,
    object,
    name,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'dimension_object') }}
