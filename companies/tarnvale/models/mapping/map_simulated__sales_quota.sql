-- Grain: one row per sales person and quarter, EUR.
select
    sales_person_id as sales_person_key,
    entity_id,
    quarter_starts_on as quota_from_on,
    quota_amount,
    true as is_leading,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__sales_quota') }}
