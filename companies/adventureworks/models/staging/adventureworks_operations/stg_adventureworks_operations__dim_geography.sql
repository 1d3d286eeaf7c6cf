-- Grain: one row per place.
select
    "GeographyKey" as geography_key,
    "City" as city_name,
    "StateProvinceName" as state_province_name,
    "CountryRegionCode" as country_code,
    "EnglishCountryRegionName" as country_name,
    "SalesTerritoryKey" as sales_territory_key,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_geography') }}
