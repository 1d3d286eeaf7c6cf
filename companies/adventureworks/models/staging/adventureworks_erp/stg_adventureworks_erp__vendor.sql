-- Grain: one row per vendor.
select
    "BusinessEntityID" as vendor_id,
    "AccountNumber" as vendor_code,
    "Name" as vendor_name,
    "CreditRating" as credit_rating,
    cast("PreferredVendorStatus" as boolean) as is_preferred,
    cast("ActiveFlag" as boolean) as is_active,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'vendor') }}
