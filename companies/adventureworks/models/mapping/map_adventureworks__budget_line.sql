-- Grain: one row per organisation, closing date, account and department group of the budget; the extract has one version.
{{ ledger_extract('Budget') }}

select
    'budget' as version_id,
    'Budget' as version_name,
    'budget' as version_kind,
    entity_id,
    closing_on as budgeted_on,
    account_code,
    department_code,
    amount * debit_sign as amount,
    {{ lineage_columns() }}
from rows_of_scenario
where not is_statistical
