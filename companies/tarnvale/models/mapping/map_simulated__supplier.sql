-- Grain: one row per supplier.
select
    supplier_id,
    supplier_id as supplier_code,
    supplier_name,
    credit_rating,
    is_preferred,
    is_active,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__supplier') }}
