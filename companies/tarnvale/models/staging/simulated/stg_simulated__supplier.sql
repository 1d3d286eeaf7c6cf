-- Grain: one row per supplier.
select
    supplier_id,
    supplier_name,
    entity_id,
    supplier_type,
    country_code,
    currency_code,
    payment_terms_days,
    lead_time_days,
    credit_rating,
    is_preferred,
    is_active,
    {{ lineage_columns() }}
from {{ source('simulated', 'supplier') }}
