-- Grain: one row per supplier, and `unknown`.
select
    supplier_key,
    supplier_id,
    supplier_code,
    supplier_name,
    credit_rating,
    is_preferred,
    is_active
from {{ ref('supplier') }}
