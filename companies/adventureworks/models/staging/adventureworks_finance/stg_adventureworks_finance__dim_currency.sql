-- Grain: one row per currency.
select
    "CurrencyKey" as currency_key,
    "CurrencyAlternateKey" as currency_code,
    "CurrencyName" as currency_name,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'dim_currency') }}
