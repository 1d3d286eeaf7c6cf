-- Grain: one row per supplier.
select
    vendor_id as supplier_id,
    vendor_code as supplier_code,
    vendor_name as supplier_name,
    credit_rating,
    is_preferred,
    is_active,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_erp__vendor') }}
