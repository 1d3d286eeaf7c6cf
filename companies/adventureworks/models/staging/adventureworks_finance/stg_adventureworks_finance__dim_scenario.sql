-- Grain: one row per scenario of the ledger extract.
select
    "ScenarioKey" as scenario_key,
    "ScenarioName" as scenario_name,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'dim_scenario') }}
