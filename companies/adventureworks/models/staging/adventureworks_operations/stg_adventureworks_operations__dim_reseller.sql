-- Grain: one row per reseller.
select
    "ResellerKey" as reseller_key,
    "GeographyKey" as geography_key,
    "ResellerAlternateKey" as reseller_code,
    "BusinessType" as business_type,
    "ResellerName" as reseller_name,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_reseller') }}
