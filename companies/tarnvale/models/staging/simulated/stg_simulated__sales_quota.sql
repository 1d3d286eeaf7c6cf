-- Grain: one row per sales person and quarter.
select
    sales_person_id,
    entity_id,
    quarter_starts_on,
    quota_amount,
    {{ lineage_columns() }}
from {{ source('simulated', 'sales_quota') }}
