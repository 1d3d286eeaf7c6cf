-- Grain: one row per day of the source calendar.
select
    "DateKey" as date_key,
    "FullDateAlternateKey" as date_day,
    "FiscalQuarter" as source_fiscal_quarter,
    "FiscalYear" as source_fiscal_year,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'dim_date') }}
