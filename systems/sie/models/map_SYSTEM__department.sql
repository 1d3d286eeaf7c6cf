-- Grain: one row per cost centre (an object of dimension 1); of several files the newest counts.
select
    object as department_code,
    coalesce(nullif(trim(name), ''), object) as department_name,
    {{ lineage_columns() }}
from {{ ref('stg_SYSTEM__dimension_object') }}
where kind = 'objekt' and dimension = '1'
qualify row_number() over (partition by object order by known_at desc, source_file desc, source_row desc) = 1
