-- Grain: one row per sales territory.
select
    "SalesTerritoryKey" as sales_territory_key,
    "SalesTerritoryRegion" as territory_name,
    "SalesTerritoryCountry" as country_name,
    "SalesTerritoryGroup" as territory_group,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_sales_territory') }}
