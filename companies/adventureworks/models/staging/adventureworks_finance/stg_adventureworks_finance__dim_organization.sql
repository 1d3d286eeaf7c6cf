-- Grain: one row per organisation unit, with ledger or without.
select
    "OrganizationKey" as organization_key,
    "ParentOrganizationKey" as parent_organization_key,
    cast("PercentageOfOwnership" as decimal(9, 4)) as ownership_share,
    "OrganizationName" as organization_name,
    "CurrencyKey" as currency_key,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'dim_organization') }}
