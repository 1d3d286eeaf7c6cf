-- Grain: one row per organisation, department group, scenario, account and closing date.
select
    "FinanceKey" as finance_key,
    "DateKey" as date_key,
    "OrganizationKey" as organization_key,
    "DepartmentGroupKey" as department_group_key,
    "ScenarioKey" as scenario_key,
    "AccountKey" as account_key,
    cast("Amount" as decimal(18, 2)) as amount,
    cast("Date" as date) as closing_on,
    {{ lineage_columns() }}
from {{ source('adventureworks_finance', 'fact_finance') }}
